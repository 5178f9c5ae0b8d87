import { describe, expect, it } from "vitest";
import { readIndex } from "../../../../shared/adapters/charts/index-file.ts";

describe("the index of a chart repository", () => {
  it("keeps versions as they are written, quoted or not", () => {
    const index = readIndex("entries:\n  web:\n  - version: 1.10\n    urls: [web-1.10.tgz]\n    digest: sha256:ABC\n", "x");
    expect(index.get("web")).toEqual([{ version: "1.10", urls: ["web-1.10.tgz"], digest: "abc" }]);
  });

  it("leaves out rows that make no sense", () => {
    const index = readIndex(
      "entries:\n  web:\n  - 1\n  - version: 1.0.0\n  - urls: [x]\n  - {version: 2.0.0, urls: []}\n  - {version: 3.0.0, urls: [x]}\n  api: none\n",
      "x",
    );
    expect([index.get("web")?.map(({ version }) => version), index.get("api")]).toEqual([["3.0.0"], []]);
  });

  it.each([
    ["a page for people", "<html><body>Log in</body></html>"],
    ["broken YAML", "entries: [\n"],
    ["a list", "- a\n"],
  ])("says that %s is none", (_what, text) => {
    expect(() => readIndex(text, "https://charts/index.yaml")).toThrow(
      expect.objectContaining({ code: "SourceInvalid", subject: "https://charts/index.yaml" }),
    );
  });

  it("is not drawn out by an alias bomb (G-10)", () => {
    const levels = Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(10)}]`);
    expect(readIndex(`a0: &a0 [x]\n${levels.join("\n")}\nentries: {}\n`, "x").size).toBe(0);
  });
});
