import { describe, expect, it } from "vitest";
import { mayFollow, resolveRevision } from "../../../../shared/fetch/resolve/revision.ts";

const sha = (digit: string) => digit.repeat(40);
const main = sha("a");

const remote = {
  head: "refs/heads/main",
  refs: new Map([
    ["HEAD", main],
    ["refs/heads/main", main],
    ["refs/heads/release/1.x", sha("b")],
    ["refs/heads/both", sha("c")],
    ["refs/heads/deadbee", sha("9")],
    [`refs/heads/${sha("f")}`, sha("e")],
    ["refs/pull/7/head", sha("7")],
    ["refs/tags/both", sha("d")],
    ["refs/tags/1.0.0", sha("1")],
    ["refs/tags/1.2.0", sha("2")],
    ["refs/tags/v1.2.3", sha("3")],
    ["refs/tags/v1.3.0-rc.1", sha("4")],
    ["refs/tags/v2.0.0", sha("5")],
    ["refs/tags/nightly", sha("6")],
  ]),
};

describe("a targetRevision among a repository's refs", () => {
  it.each([
    ["nothing means HEAD", "", main, "refs/heads/main"],
    ["HEAD", "HEAD", main, "refs/heads/main"],
    ["a branch", "main", main, "refs/heads/main"],
    ["a branch with a slash", "release/1.x", sha("b"), "refs/heads/release/1.x"],
    ["a full name", "refs/tags/both", sha("d"), "refs/tags/both"],
    ["the branch where a tag has the same name", "both", sha("c"), "refs/heads/both"],
    ["another ref by its full name", "refs/pull/7/head", sha("7"), "refs/pull/7/head"],
    ["another ref without refs/", "pull/7/head", sha("7"), "refs/pull/7/head"],
    ["a tag", "nightly", sha("6"), "refs/tags/nightly"],
    ["an exact version is a tag's name", "1.2.0", sha("2"), "refs/tags/1.2.0"],
    ["the newest tag in a range", "1.*", sha("3"), "refs/tags/v1.2.3"],
    ["a range with a caret", "^1", sha("3"), "refs/tags/v1.2.3"],
    ["a range with a tilde", "~1.2", sha("3"), "refs/tags/v1.2.3"],
    ["a range with two ends", ">=1.0.0 <1.2.3", sha("2"), "refs/tags/1.2.0"],
    ["any release", "*", sha("5"), "refs/tags/v2.0.0"],
    ["pre-releases only when asked for", "~1.3-0", sha("4"), "refs/tags/v1.3.0-rc.1"],
    ["a branch that begins like a sha", "deadbee", sha("9"), "refs/heads/deadbee"],
  ])("%s: %s", (_title, selector, found, ref) => {
    expect(resolveRevision(selector, remote)).toEqual({ sha: found, ref });
  });

  it("takes a full sha as itself, also where a branch is called like it (G-14)", () => {
    expect(resolveRevision(sha("F"), remote)).toEqual({ sha: sha("f") });
  });

  it("takes the beginning of a sha that one ref points to", () => {
    expect(resolveRevision("7777777", remote)).toEqual({ sha: sha("7") });
  });

  it("falls back to a branch that looks like a range no tag is in", () => {
    const refs = { refs: new Map([["refs/heads/3.x", sha("8")]]) };
    expect(resolveRevision("3.x", refs)).toEqual({ sha: sha("8"), ref: "refs/heads/3.x" });
  });

  it("takes a HEAD that points to a commit without a branch", () => {
    expect(resolveRevision("", { refs: new Map([["HEAD", main]]) })).toEqual({ sha: main, ref: "HEAD" });
  });

  it.each([
    ["gone", "no branch or tag gone"],
    ["3.*", "None of the 7 tags"],
    ["1.2", "no branch or tag 1.2"],
    ["8888888", "all 40 characters"],
    ["../main", "no branch or tag ../main"],
    ["main\u001b[31m", "main?[31m"],
  ])("says why %j means nothing (W-15, G-18)", (selector, why) => {
    expect(resolveRevision(selector, remote)).toMatchObject({ code: "RevisionMissing", message: expect.stringContaining(why) });
  });

  it("says that a repository is empty", () => {
    expect(resolveRevision("", { refs: new Map() })).toMatchObject({
      code: "RevisionMissing",
      message: expect.stringContaining("no commits yet"),
    });
  });
});

describe("a ref that moved", () => {
  it.each([
    ["main", "refs/heads/main", true],
    ["main", "refs/tags/main", true],
    ["main", "refs/heads/main2", false],
    ["refs/heads/main", "refs/tags/main", false],
    ["HEAD", "refs/heads/anything", true],
    ["", "refs/tags/v1", false],
    ["1.*", "refs/tags/v1.4.0", true],
    ["1.*", "refs/tags/v2.0.0", false],
    ["1.*", "refs/heads/1.*", true],
    [sha("a"), `refs/heads/${sha("a")}`, false],
  ])("is followed by %s: %s %s", (selector, ref, follows) => {
    expect(mayFollow(selector, ref)).toBe(follows);
  });
});
