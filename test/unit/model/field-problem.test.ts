import { describe, expect, it } from "vitest";
import { closest, formatField, formatProblem } from "../../../shared/model/field-problem.ts";
import { problemsOf } from "../../../shared/model/schema-problem.ts";

describe("a field's name", () => {
  it("is written as people write it", () => {
    expect(formatField(["spec", "sources", 1, "helm", "valueFiles", 0])).toBe("spec.sources[1].helm.valueFiles[0]");
  });

  it("keeps names with dots in one piece", () => {
    expect(formatField(["metadata", "labels", "app.kubernetes.io/name"])).toBe('metadata.labels["app.kubernetes.io/name"]');
  });

  it("is left out where the whole document is meant", () => {
    expect(formatProblem({ path: [], message: "the file is empty" })).toBe("the file is empty");
  });
});

describe("a word that was probably meant", () => {
  it.each([
    ["reopURL", "repoURL"],
    ["targetrevision", "targetRevision"],
    ["paht", "path"],
    ["webhook", "webhooks"],
  ])("takes %s for %s", (word, meant) => {
    expect(closest(word, ["repoURL", "targetRevision", "path", "webhooks"])).toBe(meant);
  });

  it("is not guessed where nothing is near", () => {
    expect(closest("colour", ["repoURL", "targetRevision", "path"])).toBeUndefined();
    expect(closest("x".repeat(100_000), ["repoURL"])).toBeUndefined();
  });
});

describe("a schema's issue", () => {
  const said = (issue: object, input: unknown) => problemsOf([{ path: ["a"], message: "own words", ...issue }], input)[0]?.message;

  it("says what stands there and what to write", () => {
    expect(said({ code: "invalid_type", expected: "boolean" }, { a: [1] })).toBe("is a list; write true or false");
    expect(said({ code: "invalid_type", expected: "string" }, {})).toBe("is missing; write a string");
    expect(said({ code: "invalid_type", expected: "object" }, { a: null })).toBe("is empty; write a map of fields");
    expect(said({ code: "invalid_value", values: ["github", "gitlab"] }, { a: "svn" })).toBe('is "svn"; write one of "github", "gitlab"');
  });

  it("says to quote a number where text is wanted", () => {
    expect(said({ code: "invalid_type", expected: "string" }, { a: 3 })).toBe('is the number 3; write a string, in quotes: "3"');
  });

  it("says to leave quotes out where they hide a number or a switch", () => {
    expect(said({ code: "invalid_type", expected: "number" }, { a: "60" })).toBe('is "60"; write a number, without quotes: 60');
    expect(said({ code: "invalid_type", expected: "boolean" }, { a: "true" })).toBe('is "true"; write true or false, without quotes: true');
    expect(said({ code: "invalid_type", expected: "number" }, { a: "many" })).toBe('is "many"; write a number');
  });

  it("keeps the schema's own words", () => {
    expect(said({ code: "too_small" }, { a: -1 })).toBe("own words");
  });

  it("does not repeat long values", () => {
    expect(said({ code: "invalid_type", expected: "array" }, { a: "s".repeat(500) })).toBe("is a long string; write a list");
  });
});
