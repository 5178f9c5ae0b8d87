import { describe, expect, it } from "vitest";
import { globMatches, parseGlob } from "../../../shared/model/glob.ts";

describe("a glob of a project", () => {
  it.each([
    ["web", "web", true],
    ["web", "webs", false],
    ["*", "", true],
    ["*", "a/b.c", true],
    ["https://*.example.com", "https://eu.example.com", true],
    ["https://*.example.com", "https://example.com", false],
    ["team-**-x", "team-a/b-x", true],
    ["eu-?", "eu-1", true],
    ["eu-?", "eu-12", false],
    ["eu-[1-3]", "eu-2", true],
    ["eu-[!1-3]", "eu-2", false],
    ["eu-[!1-3]", "eu-9", true],
    ["[abc-]x", "-x", true],
    ["{eu,us}-*", "us-1", true],
    ["{eu,us}-*", "ap-1", false],
    ["{a{b,c},d}", "ac", true],
    ["a,b", "a,b", true],
    ["a.b", "axb", false],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
    ["a}b", "a}b", true],
    ["(a|b)+", "(a|b)+", true],
  ])("%s, asked for %j: %s", (pattern, text, matches) => {
    expect(globMatches(pattern, text)).toBe(matches);
  });

  it.each(["[ab", "{a,b", "a\\", "[!]", "[z-a]"])("is none that ends too early or runs backwards, and matches nothing: %s", (pattern) => {
    expect(parseGlob(pattern)).toBeUndefined();
    expect(globMatches(pattern, pattern)).toBe(false);
  });
});
