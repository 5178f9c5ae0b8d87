import { describe, expect, it } from "vitest";
import type { SyncRequest } from "../../../shared/model/sync-request.ts";
import { type OperationWait, supersedes } from "../../../shared/policy/supersede.ts";

const asked = (fields: Partial<SyncRequest> = {}): SyncRequest => ({ by: "ann", prune: false, dryRun: false, ...fields });
const newer = (wait: OperationWait, request?: SyncRequest) => supersedes({ attempted: "A", wait, request }, { wanted: "B", request });

describe("a newer revision", () => {
  it.each<[string, OperationWait, string | true]>([
    ["takes the place of an operation that keeps failing", "retrying", true],
    ["takes the place of one that waits for health, a yes or a window", "waiting", true],
    ["waits for a hook at work", "hook", "hook"],
    ["waits for an operation that gets on", "applying", "not-in-the-way"],
  ])("%s", (_, wait, answer) => {
    const decision = newer(wait);
    expect(decision.supersedes || decision.because).toBe(answer);
  });

  it("is none when Git has what is being synced", () => {
    for (const wait of ["retrying", "waiting", "hook", "applying"] as const)
      expect(supersedes({ attempted: "A", wait }, { wanted: "A" })).toEqual({ supersedes: false, because: "same" });
  });

  it("takes the place of a sync that somebody asked for, too, when that was to what Git had", () => {
    expect(newer("retrying", asked({ prune: true })).supersedes).toBe(true);
  });

  it.each<[string, Partial<SyncRequest>]>([
    ["a revision", { revision: "v1.2.3" }],
    ["a rollback", { rollbackTo: "12" }],
    ["some objects", { resources: [{ group: "", kind: "Service", name: "web" }] }],
    ["a dry run", { dryRun: true }],
  ])("leaves alone what somebody asked for by name: %s", (_, fields) => {
    expect(newer("retrying", asked(fields))).toEqual({ supersedes: false, because: "asked-for" });
  });
});

describe("a person's next wish", () => {
  const rollback = asked({ rollbackTo: "12" });
  const next = asked({ by: "bob" });

  it("takes the place of what was asked for before, at the same revision as well", () => {
    const running = { attempted: "A", wait: "waiting", request: rollback } as const;
    expect(supersedes(running, { wanted: "A", request: next })).toEqual({
      supersedes: true,
      sentence: "a sync that bob asked for takes the place of an operation that was waiting",
    });
  });

  it("waits for a hook at work", () => {
    expect(supersedes({ attempted: "A", wait: "hook" }, { wanted: "A", request: next })).toEqual({ supersedes: false, because: "hook" });
  });
});
