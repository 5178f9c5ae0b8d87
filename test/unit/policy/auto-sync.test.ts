import { describe, expect, it } from "vitest";
import type { Application, SyncPolicy } from "../../../shared/model/application.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { type AutoSyncPlan, type AutoSyncState, decideAutoSync, type LastOperation } from "../../../shared/policy/auto-sync.ts";
import { anApplication, automated } from "./applications.ts";
import { at, windowsOf } from "./windows.ts";

const now = at("2026-01-05 12:00");
const seconds = 1_000;
const key = (name: string) => ({ group: "apps", kind: "Deployment", namespace: "production", name });
const changed = (name = "web") => ({ key: key(name), prune: false });
const gone = (name = "old") => ({ key: key(name), prune: true });
const outOfSync = (...objects: AutoSyncPlan["outOfSync"]): AutoSyncPlan => ({ syncStatus: "OutOfSync", objects: 10, outOfSync: objects });
const succeeded: LastOperation = { attempted: "A", phase: "Succeeded", finishedAt: now - 3_600 * seconds, heals: 0 };
const failed: LastOperation = { ...succeeded, phase: "Failed", reason: "Deployment production/web: denied by policy" };

interface Given {
  readonly policy?: SyncPolicy;
  readonly state?: Partial<AutoSyncState>;
  readonly plan?: AutoSyncPlan;
  readonly windows?: readonly JsonObject[];
}
const decide = ({ policy = automated(), state = {}, plan = outOfSync(changed()), windows = [] }: Given) => {
  const application: Application = anApplication({ syncPolicy: policy });
  return decideAutoSync({ application, state: { wanted: "A", deleting: false, ...state }, plan, windows: windowsOf(...windows), now });
};
const because = (given: Given) => {
  const decision = decide(given);
  return decision.act ? decision.kind : decision.because;
};

describe("an Application is synced without being asked", () => {
  it("when it is out of sync and this revision was never attempted", () => {
    expect(decide({ state: { last: undefined } })).toEqual({ act: true, kind: "sync", prune: true, heals: 0 });
  });

  it("when a newer revision arrives, whatever became of the last one", () => {
    for (const last of [succeeded, failed]) expect(because({ state: { wanted: "B", last } })).toBe("sync");
  });

  it("with pruning only where that is on", () => {
    expect(decide({ policy: automated({ prune: false }) })).toMatchObject({ act: true, prune: false });
  });
});

describe("an Application is left alone", () => {
  it.each<[string, Given, string]>([
    ["without spec.syncPolicy.automated", { policy: { syncOptions: [] } }, "manual"],
    ["while it is deleted", { state: { deleting: true } }, "deleting"],
    ["while an operation runs", { state: { last: { ...succeeded, phase: "Running" } } }, "operation-running"],
    ["while an operation is terminated", { state: { last: { ...succeeded, phase: "Terminating" } } }, "operation-running"],
    ["when it is in sync", { plan: { syncStatus: "Synced", objects: 10, outOfSync: [] } }, "in-sync"],
    ["when it could not be compared", { plan: { syncStatus: "Unknown", objects: 10, outOfSync: [] } }, "unknown"],
    ["when only pruning is left to do and prune is off", { policy: automated({ prune: false }), plan: outOfSync(gone()) }, "only-pruning"],
    ["at a revision that was rolled back from", { state: { heldOff: { wanted: "A", reason: "ann rolled back" } } }, "held-off"],
  ])("%s", (_, given, code) => {
    expect(because(given)).toBe(code);
  });

  it("but pruned where prune is on, or with what else is out of sync", () => {
    expect(because({ plan: outOfSync(gone()) })).toBe("sync");
    expect(because({ policy: automated({ prune: false }), plan: outOfSync(gone(), changed()) })).toBe("sync");
  });

  it("no longer than until a newer revision than the held one arrives", () => {
    expect(because({ state: { wanted: "B", last: succeeded, heldOff: { wanted: "A", reason: "" } } })).toBe("sync");
  });

  it("with a sentence that says what to do", () => {
    expect(decide({ policy: automated({ prune: false }), plan: outOfSync(gone("a"), gone("b")) })).toEqual({
      act: false,
      because: "only-pruning",
      sentence: "Deployment production/a and 1 more are no longer in Git, and spec.syncPolicy.automated.prune is off",
    });
  });
});

describe("a revision whose sync failed", () => {
  it("is attempted once, and not again when no retry is left", () => {
    expect(decide({ state: { last: failed } })).toEqual({
      act: false,
      because: "failed-before",
      sentence: "The last sync to this revision failed and is not tried again: Deployment production/web: denied by policy",
    });
    expect(because({ state: { last: { ...failed, phase: "Error" } } })).toBe("failed-before");
  });

  it("is not tried again because something drifted, be self-heal on", () => {
    expect(because({ policy: automated({ selfHeal: true }), state: { last: failed } })).toBe("failed-before");
  });

  it("is tried again when its retry is due, as a whole sync with hooks", () => {
    const last = { ...failed, retryAt: now + 5 * seconds };
    expect(decide({ state: { last } })).toMatchObject({ act: false, because: "retry-waits", again: now + 5 * seconds });
    expect(decide({ state: { last: { ...last, retryAt: now } } })).toEqual({ act: true, kind: "retry", prune: true, heals: 0 });
  });
});

describe("drift", () => {
  const plan = outOfSync(changed("web"), gone("old"));

  it("is left alone without self-heal", () => {
    expect(because({ policy: automated({ selfHeal: false }), state: { last: succeeded } })).toBe("self-heal-off");
  });

  it("is healed by a sync of the objects that are out of sync only, which runs no hooks", () => {
    expect(decide({ state: { last: succeeded }, plan })).toEqual({
      act: true,
      kind: "self-heal",
      prune: true,
      heals: 1,
      resources: [key("web"), key("old")],
    });
  });

  it("that comes back at once is healed ever more slowly", () => {
    const last = { ...succeeded, finishedAt: now - 10 * seconds, heals: 3 };
    expect(decide({ state: { last }, plan })).toMatchObject({ act: false, because: "self-heal-waits", again: now + 8 * seconds });
    expect(decide({ state: { last: { ...last, heals: 2 } }, plan })).toMatchObject({ act: true, heals: 3 });
  });

  it("after a long calm is healed at once, and counted anew", () => {
    expect(decide({ state: { last: { ...succeeded, finishedAt: now - 330 * seconds, heals: 9 } }, plan })).toMatchObject({
      act: true,
      heals: 1,
    });
  });

  it("beside a newer revision is part of an ordinary sync", () => {
    expect(because({ policy: automated({ selfHeal: false }), state: { wanted: "B", last: succeeded } })).toBe("sync");
  });
});

describe("a sync that would delete everything", () => {
  const plan: AutoSyncPlan = { syncStatus: "OutOfSync", objects: 2, outOfSync: [gone("a"), gone("b")] };

  it("waits for allowEmpty", () => {
    expect(decide({ plan })).toMatchObject({
      act: false,
      because: "would-wipe-out",
      sentence:
        "A sync would delete everything (Deployment production/a and 1 more are no longer in Git); if that is meant, set spec.syncPolicy.automated.allowEmpty: true",
    });
    expect(because({ plan, policy: automated({ allowEmpty: true }) })).toBe("sync");
  });

  it("is one where one object stays", () => {
    expect(because({ plan: { ...plan, objects: 3 } })).toBe("sync");
  });
});

describe("a sync window", () => {
  const windows = [{ kind: "deny", schedule: "0 11 * * *", duration: "2h", manualSync: true }];

  it("holds up a sync, a retry and a healing, which are due when it lets them through", () => {
    const again = at("2026-01-05 13:00");
    for (const last of [undefined, succeeded, { ...failed, retryAt: now }])
      expect(decide({ windows, state: { last } })).toMatchObject({ act: false, because: "window", again });
  });

  it("is not named where there is nothing to do anyway", () => {
    expect(because({ windows, plan: { syncStatus: "Synced", objects: 1, outOfSync: [] } })).toBe("in-sync");
    expect(because({ windows, state: { last: failed } })).toBe("failed-before");
  });
});
