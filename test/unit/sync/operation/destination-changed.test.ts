import { describe, expect, it } from "vitest";
import type { Application } from "../../../../shared/model/application.ts";
import { Failure } from "../../../../shared/model/failure.ts";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { declareApplication } from "../../../../shared/state/applications.ts";
import { fakeCluster } from "../../../fakes/fake-cluster.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = { annotations: { "argocd.argoproj.io/hook": "PreSync" } };
const manifests: readonly Manifest[] = [job("migrate", hook), configMap("settings")];

/** `web` is in the middle of a migration on harbor, and there is another cluster. */
const inTheMiddle = async (connect?: (name: string) => void) => {
  const other = fakeCluster();
  const world = syncWorld({ clusters: { connect: async (name) => cluster(name) } });
  const cluster = (name: string) => {
    connect?.(name);
    return name === "quay" ? other : world.cluster;
  };
  await world.declare(anApplication());
  await world.commit("web", manifests, "first");
  const step = async () => {
    const next = await world.sync();
    world.pass(next.done ? 0 : next.seconds * 1000);
    return next;
  };
  await step();
  await step();
  expect(world.live("migrate", "Job")).toBeDefined();
  const moveTo = async (name: string, change: Partial<Application["destination"]> = {}) => {
    const destination = { name, namespace: "production", ...change };
    await declareApplication(world.table, { application: anApplication({ destination }), cluster: name, at: world.world.clock.now() });
    await world.commit("web", manifests, "second");
  };
  const named = (objects: readonly Manifest[], kind: string) =>
    objects.filter((object) => object.kind === kind).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return { ...world, other, step, moveTo, named };
};

describe("a destination that changes while an operation is under way", () => {
  // Its hooks began anew at the new destination as the same run, and nobody ever let go of the old ones.
  it("ends the operation, names it in history, and another one begins there", async () => {
    const { moveTo, step, state, history, other, live, named, syncs } = await inTheMiddle();
    syncs.take();
    await moveTo("quay");
    await step();
    expect(await state()).toMatchObject({
      phase: "Failed",
      reason:
        "its destination changed from harbor, namespace production to quay, namespace production while the operation was in PreSync, wave 0; it ended there, and what it applied stays; a new one begins at the new destination",
    });
    expect((await history())[0]).toMatchObject({ kind: "failed", reason: expect.stringContaining("its destination changed from harbor") });
    expect(syncs.take()).toEqual([{ v: 1, application: "web" }]);
    expect(live("migrate", "Job")?.metadata).toMatchObject({ finalizers: [] });
    await step();
    expect(named(other.objects(), "Job")).toEqual(["production/migrate"]);
    endJob(other, "migrate", "Complete");
    for (let steps = 0; steps < 4; steps++) await step();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(named(other.objects(), "ConfigMap")).toContain("production/settings");
    expect(live("settings")).toBeUndefined();
  });

  it("ends it, too, where only the namespace is another one", async () => {
    const { moveTo, step, state, cluster, named } = await inTheMiddle();
    await moveTo("harbor", { namespace: "staging" });
    await step();
    expect((await state()).reason).toContain("from harbor, namespace production to harbor, namespace staging");
    await step();
    expect(named(cluster.objects(), "Job")).toEqual(["production/migrate", "staging/migrate"]);
  });

  it("does not wait for a cluster that is gone", async () => {
    let gone = false;
    const { moveTo, step, state, other, named } = await inTheMiddle((name) => {
      if (gone && name === "harbor") throw new Failure("ClusterUnreachable", "harbor", "cluster harbor does not answer");
    });
    gone = true;
    await moveTo("quay");
    await step();
    expect((await state()).reason).toContain("its hooks with our finalizer among it (cluster harbor does not answer)");
    await step();
    expect(named(other.objects(), "Job")).toEqual(["production/migrate"]);
  });

  it("keeps what a person asked for: the new destination gets it", async () => {
    const { moveTo, step, state, ask } = await inTheMiddle();
    await ask({ prune: true });
    await moveTo("quay");
    await step();
    expect((await state()).requested).toMatchObject({ by: "ada" });
  });
});
