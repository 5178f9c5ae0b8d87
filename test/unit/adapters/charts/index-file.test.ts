import { describe, expect, it } from "vitest";
import { readIndex } from "../../../../shared/adapters/charts/index-file.ts";

const versionsOf = (text: string, chart = "web") =>
  readIndex(text, "x")
    .versions(chart)
    ?.map(({ version }) => version);

/** As `helm repo index` writes it. */
const byHelm = `apiVersion: v1
entries:
  api:
  - apiVersion: v2
    description: |
      web:
      - version: 9.9.9
    urls:
    - api-0.1.0.tgz
    version: 0.1.0
  web:
  - digest: sha256:ABC
    urls:
    - web-1.10.tgz
    version: 1.10
  - urls:
    - web-1.9.0.tgz
    version: 1.9.0
generated: "2026-01-01T00:00:00Z"
`;

/** The same content in forms that other writers use. */
const otherForms: Readonly<Record<string, string>> = {
  "deeper rows": byHelm.replace(/^ {4}/gm, "      ").replace(/^ {2}- /gm, "    - "),
  JSON: JSON.stringify({
    entries: {
      api: [{ version: "0.1.0", urls: ["x"] }],
      web: [
        { version: "1.10", urls: ["web-1.10.tgz"] },
        { version: "1.9.0", urls: ["x"] },
      ],
    },
  }),
  "quoted names": byHelm.replace(/^ {2}(web|api):$/gm, '  "$1":'),
  "entries last": byHelm.replace(/^generated.*\n/m, "").replace("apiVersion: v1\n", "apiVersion: v1\ngenerated: now\n"),
  CRLF: byHelm.replaceAll("\n", "\r\n"),
  "a comment and a blank line": byHelm.replace(/^ {2}web:\n/m, "\n# old ones\n  web:\n"),
};

describe("the index of a chart repository", () => {
  it("keeps versions as they are written, quoted or not", () => {
    expect(readIndex(byHelm, "x").versions("web")?.[0]).toEqual({ version: "1.10", urls: ["web-1.10.tgz"], digest: "abc" });
    expect([versionsOf(byHelm), versionsOf(byHelm, "api"), versionsOf(byHelm, "generated")]).toEqual([
      ["1.10", "1.9.0"],
      ["0.1.0"],
      undefined,
    ]);
  });

  it.each(Object.entries(otherForms))("is read the same in another form: %s", (_form, text) => {
    expect([versionsOf(text), versionsOf(text, "api")]).toEqual([["1.10", "1.9.0"], ["0.1.0"]]);
  });

  it("may tie charts together by anchors", () => {
    const text = "entries:\n  api:\n  - &same\n    version: 1.0.0\n    urls: [x]\n  web:\n  - *same\n";
    expect(versionsOf(text)).toEqual(["1.0.0"]);
  });

  it("leaves out rows that make no sense", () => {
    const rows = "- 1\n  - version: 1.0.0\n  - urls: [x]\n  - {version: 2.0.0, urls: []}\n  - {version: 3.0.0, urls: [x]}\n";
    expect(versionsOf(`entries:\n  web:\n  ${rows}`)).toEqual(["3.0.0"]);
    expect(versionsOf("entries:\n  web: none\n")).toEqual([]);
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
    expect(versionsOf(`a0: &a0 [x]\n${levels.join("\n")}\nentries: {}\n`)).toBeUndefined();
  });
});
