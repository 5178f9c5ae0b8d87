import { describe, expect, it } from "vitest";
import { goDuration, secondsOrDuration } from "../../../shared/model/duration.ts";

describe("a duration as Go writes it", () => {
  it.each([
    ["1h30m", 5_400_000],
    ["1.5s", 1_500],
    [".5m", 30_000],
    ["1m0.5s", 60_500],
    ["300ms", 300],
    ["2us", 0.002],
    ["2µs", 0.002],
    ["-5m", -300_000],
    ["+5m", 300_000],
    ["0", 0],
  ])("%s is %d ms", (text, milliseconds) => {
    expect(goDuration(text)).toBe(milliseconds);
  });

  it.each(["", "5", "1d", "1h 30m", "h", "1hour", ".s", "1e3s", "--5m", "５m"])("is not %j", (text) => {
    expect(goDuration(text)).toBeUndefined();
  });

  it("may be a number of seconds in Argo CD's retries", () => {
    expect([secondsOrDuration("5"), secondsOrDuration("1m"), secondsOrDuration("1.5"), secondsOrDuration("")]).toEqual([
      5_000,
      60_000,
      undefined,
      undefined,
    ]);
  });
});
