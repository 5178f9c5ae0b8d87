import { describe, expect, it } from "vitest";
import { judgeHead, lagPatience } from "../../../../shared/fetch/resolve/head.ts";

const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(40));
const none = "0".repeat(40);
const push = { before: a, after: b, since: 1_000, now: 2_000 };

describe("a head after a push (F-22)", () => {
  it("is waited for while it is still the one before the push", () => {
    expect(judgeHead({ ...push, head: a })).toBe("lagging");
  });

  it("is accepted when it is the pushed one, and when it is a third", () => {
    expect([judgeHead({ ...push, head: b }), judgeHead({ ...push, head: c })]).toEqual(["ready", "ready"]);
  });

  it("is waited for at most 60 s", () => {
    expect(judgeHead({ ...push, head: a, now: push.since + lagPatience.limit })).toBe("ready");
    expect(lagPatience.limit).toBe(60_000);
  });

  it("of a new branch is waited for while there is none", () => {
    expect(judgeHead({ ...push, before: none, head: undefined })).toBe("lagging");
    expect(judgeHead({ ...push, before: undefined, head: b })).toBe("ready");
  });

  it("of a deleted branch is waited for while there is one", () => {
    expect(judgeHead({ ...push, after: none, head: a })).toBe("lagging");
    expect(judgeHead({ ...push, after: none, head: undefined })).toBe("ready");
  });

  it("is accepted as it is when no push waits", () => {
    expect(judgeHead({ ...push, head: a, since: undefined })).toBe("ready");
  });

  it("that was pushed to where it was already does not lag", () => {
    expect(judgeHead({ ...push, after: a, head: a })).toBe("ready");
  });
});
