import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../shared/render/yaml.ts";
import { documentWith, refused, scalars } from "./scalars.ts";

const read = (text: string): unknown => parseYaml(text, "a.yaml").documents[0]?.value;
const messageOf = (text: string, file = "apps/web.yaml"): string => {
  try {
    parseYaml(text, file);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("nothing was refused");
};

describe("YAML as kubectl reads it", () => {
  it.each(scalars.filter(([, value]) => value !== refused))("reads %s as kubectl does", (scalar, value) => {
    expect(read(documentWith(scalar))).toHaveProperty("extra", value);
  });

  it.each(scalars.filter(([, value]) => value === refused))("refuses %s as kubectl does", (scalar) => {
    expect(() => read(documentWith(scalar))).toThrow("a.yaml:");
  });

  it("reads -0 as 0 would be written", () => {
    expect(JSON.stringify(read("a: -0"))).toBe('{"a":0}');
  });

  it("reads JSON, tabs and all", () => {
    expect(read('{\n\t"a": [1, "0644", null],\n\t"b": {"c": "\\u00e9"}\n}')).toEqual({ a: [1, "0644", null], b: { c: "é" } });
  });

  it("gives an aliased value wherever it is named", () => {
    expect(read("a: &x {b: 1}\nc: *x")).toEqual({ a: { b: 1 }, c: { b: 1 } });
  });
});

describe("several documents", () => {
  it("leaves out empty ones and says where each begins", () => {
    const { documents } = parseYaml("---\n# nothing here\n---\na: 1\n---\n\n--- # with a comment\nb: 2\n---   \nnull\n", "a.yaml");
    expect(documents).toEqual([
      { line: 3, value: { a: 1 } },
      { line: 7, value: { b: 2 } },
    ]);
  });

  it("splits at lines of three dashes only, not inside text or at longer lines", () => {
    expect(read("a: |\n  ---\n  b\nc: x---y\n")).toEqual({ a: "---\nb\n", c: "x---y" });
  });

  it("takes Windows line ends, a byte order mark and a directive", () => {
    expect(parseYaml("\uFEFFa: 1\r\n---\r\nb: 2\r\n", "a.yaml").documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 2 }]);
    expect(read("%YAML 1.1\n---\na: 1\n")).toEqual({ a: 1 });
  });
});

describe("what is wrong with a file", () => {
  it("names file and line, also in a later document", () => {
    expect(messageOf("a: 1\n---\nb: 1\n  c: 2\n")).toMatch(/^apps\/web\.yaml:4: /);
    expect(messageOf("a: [1\n")).toMatch(/^apps\/web\.yaml:[12]: /);
  });

  it("takes the last of a key's values, as kubectl, and warns with file and line", () => {
    const { documents, warnings } = parseYaml("x: 0\n---\na: 1\nb: 2\na: 3\n", "a.yaml");
    expect(documents[1]?.value).toEqual({ a: 3, b: 2 });
    expect(warnings).toEqual([expect.stringContaining("a.yaml:5: a key stands twice")]);
  });

  it("warns of integers that cannot be kept to the last digit", () => {
    expect(parseYaml("a: 9007199254740993", "a.yaml").warnings).toEqual([
      expect.stringContaining("a.yaml:1: 9007199254740992 has more digits"),
    ]);
    expect(parseYaml("a: 1e30", "a.yaml").warnings).toEqual([]);
  });

  it("stops an alias bomb quickly (G-10)", () => {
    const levels = Array.from({ length: 12 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]`);
    const started = performance.now();
    expect(messageOf(`l0: &l0 [x]\n${levels.join("\n")}`)).toContain("aliases unfold to more than 100000 values");
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("stops nesting that no API server would take (G-10)", () => {
    expect(messageOf(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)).toContain("nesting exceeded");
  });
});
