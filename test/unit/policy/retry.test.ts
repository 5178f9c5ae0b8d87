import { describe, expect, it } from "vitest";
import { parseApplication } from "../../../shared/argocd/parse-application.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { retryDelayOf, retryPolicyOf } from "../../../shared/policy/retry.ts";
import { applicationManifest } from "../argocd/manifests.ts";

const parse = (retry: JsonObject) => parseApplication(applicationManifest({ syncPolicy: { automated: {}, retry } }));
const policy = (retry?: JsonObject) => {
  const answer = parseApplication(applicationManifest({ syncPolicy: { automated: {}, ...(retry && { retry }) } }));
  if (answer.state === "refused") throw answer.failure;
  return retryPolicyOf(answer.application);
};
/** Seconds that each retry waits, the first ones of an endless row. */
const waits = (retry?: JsonObject): readonly number[] => {
  const seconds: number[] = [];
  for (let retries = 0; retries < 8; retries++) {
    const delay = retryDelayOf(policy(retry), retries);
    if (delay === undefined) break;
    seconds.push(delay / 1_000);
  }
  return seconds;
};

describe("a failed sync", () => {
  it("is tried again five times, after 5 s and then twice as long each time, when the Application says nothing", () => {
    expect(waits()).toEqual([5, 10, 20, 40, 80]);
  });

  it.each<[string, JsonObject, readonly number[]]>([
    ["no backoff", { limit: 3 }, [5, 10, 20]],
    ["a limit of 0: never", { limit: 0 }, []],
    ["no limit beside retry: never, as in Argo CD", { backoff: { duration: "1s" } }, []],
    ["a limit of -1: without end, and no longer than 3 minutes", { limit: -1 }, [5, 10, 20, 40, 80, 160, 180, 180]],
    ["another duration", { limit: 2, backoff: { duration: "1m30s" } }, [90, 180]],
    ["seconds without a unit", { limit: 2, backoff: { duration: "7" } }, [7, 14]],
    ["a bare number", { limit: 2, backoff: { duration: 7 } }, [7, 14]],
    ["another factor", { limit: 3, backoff: { factor: 3 } }, [5, 15, 45]],
    ["factor 1: always the same", { limit: 3, backoff: { factor: 1 } }, [5, 5, 5]],
    ["a longest wait", { limit: 4, backoff: { maxDuration: "12s" } }, [5, 10, 12, 12]],
    ["a longest wait of 0: none", { limit: 7, backoff: { maxDuration: "0" } }, [5, 10, 20, 40, 80, 160, 320]],
    ["empty texts, which tools write for fields that nobody set", { limit: 1, backoff: { duration: "", maxDuration: "" } }, [5]],
  ])("follows %s", (_, retry, seconds) => {
    expect(waits(retry)).toEqual(seconds);
  });

  it("waits a year at most, however the numbers grow", () => {
    const grows = policy({ limit: -1, backoff: { duration: "1h", factor: 1_000_000, maxDuration: "0" } });
    expect(retryDelayOf(grows, 1_000)).toBe(365 * 86_400_000);
  });

  it("goes to the newest revision when refresh is on, and else to the one that failed", () => {
    expect([policy().refresh, policy({ limit: 1 }).refresh, policy({ limit: 1, refresh: true }).refresh]).toEqual([false, false, true]);
  });

  it.each<[string, JsonObject, string]>([
    ["a duration with days", { backoff: { duration: "1d" } }, 'spec.syncPolicy.retry.backoff.duration is "1d", which is no duration'],
    ["a maxDuration in words", { backoff: { maxDuration: "long" } }, 'spec.syncPolicy.retry.backoff.maxDuration is "long"'],
    ["a negative duration", { backoff: { duration: "-5s" } }, "spec.syncPolicy.retry.backoff.duration is negative"],
    ["a factor that never grows up", { backoff: { factor: 0 } }, "spec.syncPolicy.retry.backoff.factor is 0; write 1 or more"],
    ["a limit in words", { limit: "many" }, 'spec.syncPolicy.retry.limit is "many"; write a number'],
    ["a duration that is a list", { backoff: { duration: [] } }, "spec.syncPolicy.retry.backoff.duration is no duration"],
  ])("cannot be declared with %s", (_, retry, message) => {
    const answer = parse(retry);
    expect(answer.state === "refused" && answer.failure.message).toContain(message);
  });

  it("warns about retry without a limit", () => {
    const answer = parse({ backoff: { duration: "1s" } });
    expect(answer.state === "parsed" && answer.warnings).toEqual([
      "spec.syncPolicy.retry has no limit, which means that a failed sync is not tried again; write limit: 5, or -1 for no end",
    ]);
  });
});
