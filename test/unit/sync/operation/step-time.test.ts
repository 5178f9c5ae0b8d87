import { describe, expect, it } from "vitest";
import { functions } from "../../../../infra/topology.ts";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { leaseTimes } from "../../../../shared/state/leases.ts";
import { wish } from "../../../../shared/state/wishes.ts";
import { usualStepTime } from "../../../../shared/sync/step-time.ts";
import { anApplication, configMap, deployment, endJob, isReady, job, syncWorld } from "../../../support/sync-world.ts";

const many = (count: number, prefix = "part") => Array.from({ length: count }, (_, at) => configMap(`${prefix}-${at}`));
const at = (wave: number, hook?: string): Partial<Manifest["metadata"]> => ({
  annotations: { "argocd.argoproj.io/sync-wave": String(wave), ...(hook && { "argocd.argoproj.io/hook": hook }) },
});

class Killed extends Error {}

/** A cluster that answers 20 requests a second, and a function that is killed when it takes too long; answers how often that was. */
const playSlowly = async (manifests: readonly Manifest[], most = 20) => {
  let begun = 0;
  let kills = 0;
  const given = syncWorld({
    before: () => {
      given.pass(50);
      if (given.world.clock.now() - begun > functions.sync.timeout * 1000) throw new Killed();
    },
  });
  await given.declare(anApplication());
  await given.commit("web", manifests);
  let saw: { fence: number; beat: number } | undefined;
  for (let step = 0; (await given.state()).phase !== "Succeeded" && step < most; step++) {
    begun = given.world.clock.now();
    try {
      const next = await given.sync("web", saw);
      saw = next.done ? undefined : next.again.saw;
      given.pass(next.done ? 1_000 : next.seconds * 1000);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      kills++;
    }
  }
  const calls = (verb: string) => given.cluster.calls.filter((call) => call.startsWith(`${verb} ConfigMap`));
  return { ...given, kills, calls };
};

describe("a sync that takes longer than its function may", () => {
  it("ends a step early enough that its last requests end, and are written down", () => {
    expect(usualStepTime + leaseTimes.margin).toBeLessThan(functions.sync.timeout * 1000 - 10_000);
  });

  // Killed at the same place each time, it never came to its last objects, and took its neighbours of the batch along.
  it("of 1,300 objects is done in several steps, none of which is killed, and is told as one", async () => {
    const { kills, calls, state, history, cluster } = await playSlowly(many(1_300));
    expect(kills).toBe(0);
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(cluster.objects().filter(({ metadata }) => metadata.name.startsWith("part-"))).toHaveLength(1_300);
    expect(await history()).toMatchObject([{ kind: "synced", counts: { created: 1_300, configured: 0, unchanged: 0 } }]);
    // Each of them is asked about once, and written once.
    for (const verb of ["dry-run", "apply"]) expect(new Set(calls(verb)).size).toBe(calls(verb).length);
    expect(calls("dry-run")).toHaveLength(1_300);
  }, 60_000);

  it("comes to its end, too, where asking the server beforehand takes longer than a step", async () => {
    const { kills, calls, state, history } = await playSlowly(many(2_000));
    expect(kills).toBe(0);
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect((await history()).filter(({ kind }) => kind === "synced")).toMatchObject([{ counts: { created: 2_000 } }]);
    expect(calls("dry-run")).toHaveLength(2_000);
    expect(calls("dry-run").at(-1)).toBeDefined();
  }, 60_000);
});

/** Steps that have time for one object each, or for all; the cluster's controllers do their part in between, the slowest one from a step on. */
const played = async (stepTime: number | undefined, slowUntil: number) => {
  const given = syncWorld();
  Object.assign(given.world, { stepTime });
  const controllers = () => {
    for (const name of ["before", "after"]) if (given.live(name, "Job")) endJob(given.cluster, name, "Complete");
    if (given.live("api", "Deployment")) isReady(given.cluster, "api");
  };
  await given.declare(anApplication());
  const old = ["old-0", "old-1", "old-2"].map((name) => configMap(name, {}, { finalizers: ["example.com/slow"], ...at(1) }));
  const [kept, changed, still] = [configMap("kept"), configMap("renewed", { is: "old" }), configMap("still", {}, at(1))];
  await given.commit("web", [kept, changed, still, ...old]);
  await given.settle(controllers);
  const from = given.cluster.calls.length;
  await given.commit("web", [
    job("before", at(0, "PreSync")),
    kept,
    ...many(3),
    deployment("api"),
    configMap("renewed", { is: "new" }),
    still,
    ...many(3, "second").map((each) => ({ ...each, metadata: { ...each.metadata, ...at(1) } })),
    job("after", at(0, "PostSync")),
  ]);
  const steps = await given.settle((step) => {
    controllers();
    if (step < slowUntil) return;
    for (const { metadata, ...object } of given.cluster.objects().filter(({ metadata: { name } }) => name.startsWith("old-")))
      given.cluster.edit({ ...object, namespace: "production", name: metadata.name }, "slow", (live) => ({
        ...live,
        metadata: { ...live.metadata, finalizers: [] },
      }));
  });
  const wrote = given.cluster.calls.slice(from).filter((call) => /^(apply|create|delete) /.test(call));
  const [event] = (await given.history()).filter(({ kind }) => kind === "synced");
  return { steps, wrote, event, state: await given.state(), inventory: given.table.items().find(({ sk }) => sk === "inventory") };
};

describe("an operation with waves, hooks and prunes whose steps have time for one object each", () => {
  // Objects that hold a place until they are gone are deleted by one step, and looked at by many.
  it("writes the same in the same order, each once, and tells the same", async () => {
    const [quick, slow] = [await played(undefined, 8), await played(0, 40)];
    expect(slow.steps).toBeGreaterThan(quick.steps);
    expect(slow.wrote).toEqual(quick.wrote);
    expect(slow.event?.counts).toEqual(quick.event?.counts);
    expect(slow.state).toMatchObject({ phase: "Succeeded", syncStatus: "Synced", health: "Healthy" });
    expect(slow.inventory?.entries).toEqual(quick.inventory?.entries);
  });
});

describe("a step whose time is up", () => {
  const short = async (manifests: readonly Manifest[], options: Parameters<typeof syncWorld>[0] = {}) => {
    const given = syncWorld(options);
    Object.assign(given.world, { stepTime: 0 });
    await given.declare(anApplication());
    await given.commit("web", manifests);
    return given;
  };

  it("says what is done, and that the next one comes at once", async () => {
    const { sync, state } = await short(many(3));
    expect(await sync()).toMatchObject({ done: false, seconds: 0 });
    expect(await state()).toMatchObject({ phase: "Running", reason: expect.stringContaining("asked about 1 objects") });
    for (let step = 0; step < 3; step++) await sync();
    expect(await state()).toMatchObject({ phase: "Running", reason: "Sync, wave 0: 1 objects are done, the rest follows" });
  });

  it("writes nothing before the server was asked about all of it", async () => {
    const refuse = ({ metadata: { name } }: Manifest) =>
      name === "part-2" ? { reason: "Invalid", message: "it is too large" } : undefined;
    const { settle, cluster, history, state } = await short(many(3), { refuse });
    await settle((step) => step < 4 && expect(cluster.calls.filter((call) => call.startsWith("apply ConfigMap"))).toEqual([]));
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("nothing was changed") });
    expect(new Set((await history()).map(({ kind }) => kind))).toEqual(new Set(["failed"]));
    expect(await state()).toMatchObject({ attempt: 6 });
  });

  // It was begun anew each time, so that no deadline ever passed.
  it("ends an operation whose deadline has passed, so that objects that never stay as they are keep it at work no longer", async () => {
    const { sync, pass, cluster, live, history } = await short(many(3));
    for (let step = 0; step < 20; step++) {
      const next = await sync();
      pass(next.done ? 0 : 3_600_000);
      const edited = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "part-0" };
      if (live("part-0")) cluster.edit(edited, "kubectl", (object) => ({ ...object, data: { step: `${step}` } }));
    }
    expect((await history()).find(({ kind }) => kind === "failed")?.reason).toMatch(
      /^Sync, wave 0: its deadline of 6h has passed while it was waiting for time for the rest of its objects/,
    );
  });

  it("of a removal leaves the rest to the next one", async () => {
    const { settle, sync, pass, world, table, cluster, live } = await short(many(3));
    await settle();
    await wish(table, "web", { removal: "cascade", trigger: "registry" }, world.clock.now());
    expect(await sync()).toMatchObject({ done: false, seconds: 2 });
    pass(2_000);
    expect([live("part-0"), live("part-1"), live("part-2")].filter((each) => each)).toHaveLength(2);
    await settle();
    expect(cluster.objects().filter(({ metadata }) => metadata.name.startsWith("part-"))).toEqual([]);
  });
});
