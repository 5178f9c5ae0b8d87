import { describe, expect, it } from "vitest";
import { plainText } from "../../../shared/model/plain-text.ts";

describe("foreign text", () => {
  it.each([
    ["line\nbreaks\r\n", "line breaks"],
    ["\u001b[31mred\u001b[0m", "[31mred [0m"],
    ["turned\u202eround", "turned round"],
    ["nul\u0000", "nul"],
    ["Umlaute äöü, 漢字 and 🙂 stay", "Umlaute äöü, 漢字 and 🙂 stay"],
  ])("is made safe to show: %j", (given, shown) => expect(plainText(given, 100)).toBe(shown));

  it("is cut where it is long", () => {
    expect(plainText("x".repeat(50), 10)).toBe(`${"x".repeat(10)}…`);
  });
});
