import { describe, expect, it } from "vitest";
import { sweep } from "../../../shared/scan/sweep.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { keys } from "../../../shared/state/items.ts";
import { acquireLease, leaseTimes } from "../../../shared/state/leases.ts";
import { writeProject } from "../../../shared/state/projects.ts";
import { syncApplication } from "../../../shared/sync/sync-application.ts";
import { anApplication, configMap, deployment, isReady, syncWorld } from "../../support/sync-world.ts";

const hour = 3_600_000;
const minutes = 60_000;

describe("an Application that a sync window holds up while it settles", () => {
  const heldUp = async () => {
    const world = syncWorld();
    const window = { kind: "deny", schedule: "0 23 * * *", duration: "3h", applications: ["*"] };
    await writeProject(world.table, { name: "shop", description: "", spec: { syncWindows: [window] } });
    await world.declare(anApplication({ project: "shop" }));
    await world.commit("web", [deployment("api")]);
    await world.sync();
    world.pass(hour);
    await world.commit("web", [deployment("api"), configMap("settings")]);
    await world.sync();
    return world;
  };

  // The look at its health was the last one: it took away the time at which somebody would come when the window opens.
  it("is still looked at when the window opens", async () => {
    const { sync, state, cluster } = await heldUp();
    const before = await state();
    expect(before).toMatchObject({ health: "Progressing", dueAt: before.againAt });
    isReady(cluster, "api");
    await sync();
    expect(await state()).toMatchObject({ health: "Healthy", dueAt: before.dueAt, againAt: before.againAt, reason: before.reason });
  });

  it("is synced then", async () => {
    const { sync, live, pass } = await heldUp();
    pass(3 * hour);
    await sync();
    expect(live("settings")).toBeDefined();
  });
});

/** F-10: whose clock is five minutes ahead, or behind, loses neither a step nor a retry to it. */
describe.each([
  ["ahead of", 5 * minutes],
  ["behind", -5 * minutes],
])("a worker whose clock is five minutes %s the others' (F-10)", (_, skew) => {
  const waves = [configMap("first"), configMap("second", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })];

  it("leaves the next step to be taken when its message comes", async () => {
    const { declare, commit, sync, world, setClock, pass, live } = syncWorld();
    await declare(anApplication());
    await commit("web", waves);
    setClock(skew);
    const next = await sync();
    if (next.done) throw new Error("one step is all there was");
    setClock(0);
    pass(next.seconds * 1000);
    await syncApplication(next.again, world);
    expect(live("second")).toBeDefined();
  });

  it("takes the next step when its message comes", async () => {
    const { declare, commit, sync, world, setClock, pass, live } = syncWorld();
    await declare(anApplication());
    await commit("web", waves);
    const next = await sync();
    if (next.done) throw new Error("one step is all there was");
    setClock(skew);
    pass(next.seconds * 1000);
    await syncApplication(next.again, world);
    expect(live("second")).toBeDefined();
  });

  it("tries again when the message comes that a failed operation waited for", async () => {
    let denied = true;
    const { declare, commit, sync, world, setClock, pass, live } = syncWorld({
      refuse: () => (denied ? { reason: "Forbidden", message: "denied by policy" } : undefined),
    });
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    const next = await sync();
    if (next.done) throw new Error("it is not tried again");
    denied = false;
    setClock(skew);
    pass(next.seconds * 1000);
    await syncApplication(next.again, world);
    expect(live("settings")).toBeDefined();
  });

  it("keeps its lease as long as anybody: a clock that jumps in the middle of a sync is none of the lease's business", async () => {
    const world = syncWorld({ before: (call) => (call.startsWith("apply ConfigMap") ? world.setClock(skew) : undefined) });
    await world.declare(anApplication());
    await world.commit("web", [configMap("one"), deployment("two")]);
    await world.sync();
    expect(await world.state()).toMatchObject({ phase: "Succeeded", fence: 1, beat: 1 });
    expect(world.live("two", "Deployment")).toBeDefined();
  });
});

/** Two minutes pass within a call, and meanwhile another worker, who saw the beat unmoved for a whole lease time, takes over. */
const asleepAt = (call: RegExp) => {
  let slept = false;
  const world = syncWorld({
    before: async (line) => {
      if (slept || !call.test(line)) return;
      slept = true;
      world.pass(120_000);
      await world.table.update(keys.state("web"), { set: { owner: "other" }, add: { fence: 1, beat: 1 } });
    },
  });
  return world;
};

describe("a worker that slept through its lease (F-09)", () => {
  it("applies nothing more, and writes nothing down", async () => {
    const { declare, commit, sync, table, live, told } = asleepAt(/^apply ConfigMap/);
    await declare(anApplication());
    await commit("web", [configMap("a"), deployment("b")]);
    expect(await sync()).toMatchObject({ done: true });
    expect(live("b", "Deployment")).toBeUndefined();
    expect(await readState(table, "web")).toMatchObject({ owner: "other", fence: 2 });
    expect(told.map(({ event }) => event)).toContain("lease-lost");
  });

  it("prunes nothing more", async () => {
    const { declare, commit, settle, sync, live } = asleepAt(/^delete/);
    await declare(anApplication());
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "old" } };
    await commit("web", [configMap("old"), account]);
    await settle();
    await commit("web", [configMap("new")]);
    await sync();
    expect([live("old"), live("old", "ServiceAccount")].filter((object) => object !== undefined)).toHaveLength(1);
    expect(live("new")).toBeUndefined();
  });
});

describe("a look that takes longer than a lease", () => {
  // Only writes kept the lease: a cluster that answers slowly was looked at by one worker after another, each taking over from the one before.
  it("keeps it", async () => {
    const world = syncWorld({ before: (line) => (line.startsWith("get") ? world.pass(40_000) : undefined) });
    await world.declare(anApplication());
    await world.commit("web", [configMap("one")]);
    await world.sync();
    await world.commit("web", [configMap("one", { v: "2" })]);
    const { fence, beat } = await world.state();
    await world.sync();
    expect(world.live("one")?.data).toEqual({ v: "2" });
    expect((await world.state()).beat - beat).toBeGreaterThan((await world.state()).fence - fence);
  });
});

describe("an Application whose worker died", () => {
  const minute = 60_000;

  /** Time until another worker has applied what was wished for, when the dead one's message is seen again after 25 seconds. */
  const untilApplied = async (beats: number) => {
    const { declare, commit, world, table, pass, state, live } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    const { elapsed } = world.clock;
    const acquired = await acquireLease(table, { application: "web", owner: "dead", elapsed }, await state());
    if (acquired.state !== "ours") throw new Error("nobody holds it");
    for (let beat = 0; beat < beats; beat++) {
      pass(leaseTimes.beatEvery);
      await acquired.lease.keep();
    }
    const died = elapsed();
    pass(25_000);
    const contender = await syncApplication({ v: 1, application: "web" }, world);
    if (contender.done) throw new Error("nobody comes back");
    pass(contender.seconds * 1_000);
    await syncApplication(contender.again, world);
    expect(live("settings")).toBeDefined();
    return elapsed() - died;
  };

  it.each([0, 1, 7])("moves again within 120 s, after %i beats (F-12)", async (beats) => {
    expect(await untilApplied(beats)).toBeLessThan(2 * minute);
  });

  it("is found by the sweep where its message was lost, too (F-04)", async () => {
    const { declare, commit, world, syncs, table, pass, state, live } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await acquireLease(table, { application: "web", owner: "dead", elapsed: world.clock.elapsed }, await state());
    pass(2 * minute);
    await sweep(world);
    const [hint] = syncs.sent;
    if (!hint) throw new Error("the sweep sent nothing");
    pass((hint.delaySeconds ?? 0) * 1_000);
    await syncApplication(hint.body, world);
    expect(live("settings")).toBeDefined();
  });
});
