import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type JqLimits, openJq } from "../../shared/adapters/jq/jq.ts";
import { parsePlainPath } from "../../shared/diff/plain-path.ts";
import type { Json } from "../../shared/model/json.ts";
import type { Jq } from "../../shared/ports/jq.ts";
import { plainJq } from "../fakes/plain-jq.ts";

const real = openJq();
afterAll(() => real.close());

const subjects: Readonly<Record<string, Jq>> = { "in tests": plainJq(), "in its thread": real };
const document = { spec: { replicas: 2, containers: [{ name: "a", env: [{ name: "X" }] }, { name: "b" }], none: null } };

describe.each(Object.entries(subjects))("jq %s", (_, jq) => {
  it.each<[string, readonly Json[]]>([
    [".spec.replicas", [["spec", "replicas"]]],
    [".spec.nowhere.deep", [["spec", "nowhere", "deep"]]],
    [
      ".spec.containers[].name",
      [
        ["spec", "containers", 0, "name"],
        ["spec", "containers", 1, "name"],
      ],
    ],
    [".spec.containers[-1]", [["spec", "containers", -1]]],
    ['.spec.containers[] | select(.name == "b")', [["spec", "containers", 1]]],
    ['.spec["containers"][0]."env"[]?', [["spec", "containers", 0, "env", 0]]],
    [".spec.containers[].env[]?", [["spec", "containers", 0, "env", 0]]],
    ["  .spec | .replicas ", [["spec", "replicas"]]],
    [".", [[]]],
  ])("finds the places of %s", (expression, paths) => {
    expect(jq.paths(expression, document)).toEqual({ state: "paths", paths });
  });

  it.each([".spec.containers[].env[]", ".spec.none[]", ".spec.replicas.x", ".spec.containers.name"])(
    "says of %s that this document does not fit",
    (expression) => expect(jq.paths(expression, document)).toMatchObject({ state: "unfit" }),
  );

  it.each([".spec[", "spec", ".spec-x", ""])("says that %s is broken", (expression) => {
    expect(jq.paths(expression, document)).toMatchObject({ state: "broken" });
  });
});

describe("jq in its thread", () => {
  it("knows all of jq", () => {
    const expression = '.spec.containers[] | select(.name | test("^a")) | .env[] | select(.name as $n | ["X"] | index($n)) | .value';
    expect(real.paths(expression, document)).toEqual({ state: "paths", paths: [["spec", "containers", 0, "env", 0, "value"]] });
    expect(real.paths(".spec.containers[1:] # the rest", document)).toEqual({
      state: "paths",
      paths: [["spec", "containers", { start: 1, end: null }]],
    });
    expect(real.paths(".spec | debug | .replicas", document)).toMatchObject({ state: "paths" });
  });

  it.each([
    [".spec.replicas + 1", "Invalid path expression with result 3"],
    ["$x.spec", "$x is not defined"],
    [".a) , (.b", "it is not one path expression"],
    [".a)] , [path(.b", "it is not one path expression"],
    ["halt", "it is not one path expression"],
    ['import "/etc/passwd" as x; .a', "syntax error"],
    ['include "x"; .a', "syntax error"],
  ])("says why %s is broken", (expression, message) => {
    expect(real.paths(expression, document)).toMatchObject({ state: "broken", message: expect.stringContaining(message) });
  });

  it("gets no file, no variable of ours and no other document", () => {
    const seen = real.paths('if ($ENV | has("PATH")) and ($ENV.PATH == "/") then .env else .none end', document);
    expect(seen).toEqual({ state: "paths", paths: [["env"]] });
    expect(real.paths("input", document)).toMatchObject({ state: "unfit" });
  });

  const within = async <T>(limits: Partial<JqLimits>, use: (jq: Jq) => T): Promise<T> => {
    const jq = openJq({ milliseconds: 1_000, bytes: 4_096, expressionLength: 512, ...limits });
    try {
      return use(jq);
    } finally {
      await jq.close();
    }
  };

  it("is given up on when it takes too long, and answers the next question as ever", async () => {
    await within({ milliseconds: 200 }, (jq) => {
      const endless = "def f: f; f";
      expect(jq.paths(endless, document)).toEqual({ state: "over limit", message: "it takes longer than 200 ms" });
      expect(jq.paths(".spec.replicas", document)).toMatchObject({ state: "paths" });
      const started = performance.now();
      expect(jq.paths(endless, document)).toMatchObject({ state: "over limit" });
      expect(performance.now() - started).toBeLessThan(100);
    });
  });

  it("gets no more memory than it may have", async () => {
    await within({ milliseconds: 20_000 }, (jq) => {
      expect(jq.paths('"a" * 1e9', document)).toEqual({ state: "over limit", message: "it needs more than 256 MB of memory" });
      expect(jq.paths(".spec.replicas", document)).toMatchObject({ state: "paths" });
    });
  });

  it("takes no document and no expression beyond its limits", async () => {
    await within({}, (jq) => {
      expect(jq.paths(".a", "x".repeat(5_000))).toMatchObject({ state: "over limit", message: "the object is larger than 4 kB" });
      expect(jq.paths(`.${"a".repeat(600)}`, {})).toMatchObject({ state: "over limit" });
    });
  });

  it("reads what text may hold", () => {
    const odd = { "ü/~ \u0000🎉": { a: 1 } };
    expect(real.paths(".[].a", odd)).toMatchObject({ state: "paths" });
    expect(real.paths('.["ü"]', { ü: 1 })).toEqual({ state: "paths", paths: [["ü"]] });
  });
});

/** Expressions as people write them, over few names, so that documents have what they ask for now and then. */
const name = fc.constantFrom("a", "b", "name", "x-y");
const step = fc.oneof(
  name.filter((text) => text !== "x-y").map((text) => `.${text}`),
  name.map((text) => `["${text}"]`),
  name.map((text) => `."${text}"`),
  fc.integer({ min: -2, max: 2 }).map((index) => `[${index}]`),
  fc.constant("[]"),
);
const steps = fc
  .array(fc.tuple(step, fc.constantFrom("", "", "?")), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map(([text, optional]) => text + optional).join(""))
  .map((text) => (text.startsWith(".") ? text : `.${text}`));
const literal = fc.constantFrom('"a"', '"b"', "1", "-1", "null", "true", "false");
const select = fc
  .tuple(
    fc.array(
      name.map((text) => `."${text}"`),
      { minLength: 1, maxLength: 2 },
    ),
    fc.constantFrom("==", "!="),
    literal,
  )
  .map(([path, equal, value]) => `select(${path.join("")} ${equal} ${value})`);
const expression = fc
  .tuple(steps, fc.array(fc.oneof(steps, select), { maxLength: 2 }))
  .map(([first, rest]) => [first, ...rest].join(" | "));
const value = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Json[]>(null, true, 1, -1, "a", "b"),
    fc.dictionary(name, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie("tree"), { maxLength: 3 }),
  ),
})).tree;

describe("plain paths", () => {
  it("give what jq gives, for any document", () => {
    const sorted = (paths: readonly Json[]) => paths.map((path) => JSON.stringify(path)).toSorted();
    fc.assert(
      fc.property(expression, value, (text, tree) => {
        const [plain, truth] = [parsePlainPath(text)?.(tree), real.paths(text, tree)];
        expect(plain?.state).toBe(truth.state);
        if (plain?.state === "paths" && truth.state === "paths") expect(sorted(plain.paths)).toEqual(sorted(truth.paths));
      }),
      { numRuns: 1_500 },
    );
  });

  it("are not what only jq can say", () => {
    for (const text of [".a + 1", ".a.[0]", ".a-b", ".. | .a", ".a[1:]", '."\\(1)"', "select(.a)", ".a # b", ".a, .b", '.["a"', "a"])
      expect(parsePlainPath(text)).toBeUndefined();
  });
});
