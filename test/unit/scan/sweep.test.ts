import { describe, expect, it } from "vitest";
import { sweep } from "../../../shared/scan/sweep.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { declareApplication } from "../../../shared/state/applications.ts";
import { acquireLease } from "../../../shared/state/leases.ts";
import type { PushMessage, SyncMessage } from "../../../shared/state/messages.ts";
import { finishRef, readRef, wantRef } from "../../../shared/state/refs.ts";
import { wish, wishInput } from "../../../shared/state/wishes.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { anApplication } from "../../support/sync-world.ts";

const minute = 60_000;
const repository = "git.example.com/team/config";
const ref = "refs/heads/main";

const world = () => {
  const table = memoryTable();
  const [pushes, syncs] = [memoryQueue<PushMessage>(), memoryQueue<SyncMessage>()];
  let now = 1_000_000;
  const swept = { table, pushes, syncs, clock: { now: () => now }, journal: { tell: () => undefined } };
  return {
    ...swept,
    declare: () => declareApplication(table, { application: anApplication(), cluster: "harbor", at: now }),
    evaluated: () => wishInput(table, "web", { input: "one", revisions: [], trigger: "push", at: now }),
    now: () => now,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    sweep: () => sweep(swept),
  };
};

describe("the sweeper", () => {
  it("sends nothing for a wish whose hint may still be on its way", async () => {
    const { declare, evaluated, sweep, syncs, pushes } = world();
    await declare();
    await evaluated();
    await sweep();
    expect([...syncs.sent, ...pushes.sent]).toEqual([]);
  });

  it("sends a lost hint again, once a minute until somebody acts (F-04)", async () => {
    const { declare, evaluated, sweep, syncs, pass } = world();
    await declare();
    await evaluated();
    pass(minute);
    await sweep();
    await sweep();
    expect(syncs.take()).toEqual([{ v: 1, application: "web" }]);
    pass(minute);
    await sweep();
    expect(syncs.take()).toEqual([{ v: 1, application: "web" }]);
  });

  it("sends it once when the schedule fires twice at the same moment (F-33)", async () => {
    const { declare, evaluated, sweep, syncs, pass } = world();
    await declare();
    await evaluated();
    pass(minute);
    await Promise.all([sweep(), sweep()]);
    expect(syncs.sent).toHaveLength(1);
  });

  it("sends to fetch what was declared and not looked at yet", async () => {
    const { declare, sweep, pushes, syncs, pass } = world();
    await declare();
    pass(minute);
    await sweep();
    expect(pushes.take()).toEqual([{ v: 1, kind: "application", application: "web" }]);
    expect(syncs.sent).toEqual([]);
  });

  it("sends the pushes again that fetch has not finished, and no others", async () => {
    const { table, sweep, pushes, pass, now } = world();
    await wantRef(table, { repository, ref, deliveryId: "1", at: now() });
    pass(minute);
    await sweep();
    expect(pushes.take()).toEqual([{ v: 1, kind: "ref", repository, ref }]);
    await finishRef(table, { repository, ref, read: await readRef(table, repository, ref), head: "a", ended: [], at: now() });
    pass(10 * minute);
    await sweep();
    expect(pushes.take()).toEqual([]);
  });

  it("has a lease looked at whose holder may have died, with what it saw, a lease time later", async () => {
    const { table, declare, evaluated, sweep, syncs, pass, now } = world();
    await declare();
    await evaluated();
    const state = await readState(table, "web");
    if (!state) throw new Error("no state of web");
    await acquireLease(table, { application: "web", owner: "somebody", elapsed: now }, state);
    pass(minute);
    await sweep();
    expect(syncs.sent).toEqual([{ body: { v: 1, application: "web", saw: { fence: 1, beat: 1 } }, delaySeconds: 90, group: "default" }]);
  });

  it("leaves the wish itself as it is", async () => {
    const { table, declare, evaluated, sweep, pass, now } = world();
    await declare();
    await evaluated();
    await wish(table, "web", { drifted: true, trigger: "self-heal" }, now());
    const before = await readState(table, "web");
    pass(minute);
    await sweep();
    expect(await readState(table, "web")).toEqual({ ...before, dueAt: now() + minute });
  });
});
