import { describe, expect, it } from "vitest";
import { sameMeaning } from "../../../shared/diff/quantities.ts";
import type { Json } from "../../../shared/model/json.ts";

const cpu = ["f:spec", "f:template", "f:spec", "f:containers", 'k:{"name":"web"}', "f:resources", "f:limits", "f:cpu"];

describe("two texts of one amount", () => {
  it.each<[Json, Json]>([
    ["123Mi", "128974848"],
    ["1", "1000m"],
    [1, "1"],
    [0.5, "500m"],
    ["1e3", "1k"],
    ["1.5Gi", "1536Mi"],
    ["+2", "2.000"],
    [".5", "500m"],
    ["-1", "-1000m"],
    ["1E", "1000P"],
    ["1n", "0.000000001"],
  ])("%j and %j mean the same", (one, other) => {
    expect(sameMeaning(one, other, cpu)).toBe(true);
    expect(sameMeaning(other, one, cpu)).toBe(true);
  });

  it.each<[Json | undefined, Json | undefined]>([
    ["1", "1m"],
    ["1M", "1Mi"],
    ["", "0"],
    ["x", "y"],
    [".", "0"],
    [null, "0"],
    [true, "1"],
    [undefined, "0"],
    ["1e99", "1e98"],
  ])("%j and %j do not", (one, other) => expect(sameMeaning(one, other, cpu)).toBe(false));
});

describe("places where texts are amounts", () => {
  it.each([
    ["f:spec", "f:hard", "f:requests.cpu"],
    ["f:spec", "f:capacity", "f:storage"],
    ["f:spec", "f:resources", "f:requests", "f:storage"],
    ["f:overhead", "f:podFixed", "f:cpu"],
    ["f:spec", "f:metrics", "i:0", "f:resource", "f:target", "f:averageValue"],
    ["f:spec", "f:volumes", 'k:{"name":"a"}', "f:emptyDir", "f:sizeLimit"],
  ])("are such as %s %s %s", (...path) => expect(sameMeaning("1000m", "1", path)).toBe(true));

  it.each([
    ["f:data", "f:limits", "f:cpu"],
    ["f:metadata", "f:labels", "f:cpu"],
    ["f:data", "f:value"],
    ["f:spec", "f:limits", "f:cpu"],
  ])("are not %s %s", (...path) => expect(sameMeaning("1000m", "1", path)).toBe(false));

  it("are found inside lists that are one value", () => {
    const limits = (memory: string, type = "Pod"): Json => [{ type, max: { memory } }];
    expect(sameMeaning(limits("1Gi"), limits("1024Mi"), ["f:spec", "f:limits"])).toBe(true);
    expect(sameMeaning(limits("1Gi"), limits("1025Mi"), ["f:spec", "f:limits"])).toBe(false);
    expect(sameMeaning(limits("1Gi"), limits("1024Mi", "Container"), ["f:spec", "f:limits"])).toBe(false);
    expect(sameMeaning(limits("1Gi"), [], ["f:spec", "f:limits"])).toBe(false);
    expect(sameMeaning({ a: 1 }, [1], [])).toBe(false);
    expect(sameMeaning([1], { a: 1 }, [])).toBe(false);
  });
});
