import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withEmptyMaps } from "../../../shared/lua/values.ts";
import type { Json } from "../../../shared/model/json.ts";
import { failureOf, run } from "./script.ts";

describe("an object in Lua", () => {
  it("comes back as it went in, but for nulls and empty maps", () => {
    const obj = { kind: "Job", spec: { replicas: 3, ratio: 0.5, on: true, list: ["a", { b: "é" }] } };
    expect(run("return obj", obj)).toEqual(obj);
    expect(run("return obj", { a: null, b: {}, c: [1, null, 2] })).toEqual({ b: [], c: [1, 2] });
  });

  it("comes back whatever is in it", () => {
    const leaf = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.integer(),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("tree"), { minLength: 1 }),
        fc.dictionary(fc.string({ minLength: 1 }), tie("tree"), { minKeys: 1 }),
      ),
    }));
    const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value));
    fc.assert(
      fc.property(tree, (value) => {
        const json = plain(value);
        expect(run("return obj", json)).toEqual(json);
      }),
      { numRuns: 200 },
    );
  });

  it("has its maps back where the script left them empty", () => {
    const before = { metadata: { labels: {}, annotations: { a: "b" } }, list: [{ empty: {} }], none: [] };
    const after = run("obj.added = {} return obj", before);
    expect(withEmptyMaps(after ?? null, before)).toEqual({ ...before, added: [] });
  });

  it("has numbers as Lua 5.1 has them", () => {
    expect(run("return 1024 * 1024 * 1024 * 4 .. ''")).toBe("4294967296");
    expect(run("return {tostring(3), 7 / 2 .. '', 10 / 5 .. '', math.floor(3e9 + 0.5) * 2}")).toEqual(["3", "3.5", "2", 6e9]);
    expect(run("return obj.big + 1", { big: 1_700_000_000_000 })).toBe(1_700_000_000_001);
    expect(run("return #obj.list * 2 ^ 40", { list: [1] })).toBe(2 ** 40);
  });
});

describe("an answer of Lua", () => {
  it("is a list where its keys count from 1, in that order", () => {
    expect(run("local t = {} t[3] = 'c' t[1] = 'a' t[2] = 'b' return t")).toEqual(["a", "b", "c"]);
    expect(run("return {}")).toEqual([]);
    expect(run("return nil")).toBeUndefined();
    expect(run("")).toBeUndefined();
  });

  it.each([
    ["return {[1] = 1, [3] = 3}", "has a list with holes"],
    ["return {1, a = 2}", "has a table with both texts and numbers for keys"],
    ["return {[true] = 1}", "has a table with keys that are neither texts nor numbers"],
    ["return {print}", "holds a function"],
    ["return {0 / 0}", "holds a number that is none, or endless"],
    ["local t = {} t.self = t return t", "is nested too deep, or holds itself"],
    ["local t = {} for i = 1, 40 do t = {t, t} end return t", "holds more than 200000 values"],
    ["local s = string.rep('x', 1000000) return {s, s, s, s, s}", "is larger than 4194304 bytes"],
  ])("that JSON cannot hold is refused: %s", (lua, words) => {
    expect(failureOf(lua)).toBe(`ScriptFailed argocd-cm resource.customizations.health.batch_Job: its answer ${words}`);
  });
});
