import { describe, expect, it } from "vitest";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import { anApplication, configMap, job, syncWorld } from "../../support/sync-world.ts";

/** An Application whose second commit meets a cluster that answers otherwise. */
const contended = async (answers: (cluster: Cluster) => Partial<Cluster>, syncOptions: string) => {
  const given = syncWorld();
  await given.declare(anApplication());
  const alarm = job("alarm", { annotations: { "argocd.argoproj.io/hook": "SyncFail" } });
  const commit = (v: string) => {
    const settings = configMap("settings", { v }, { annotations: { "argocd.argoproj.io/sync-options": syncOptions } });
    return given.commit("web", [settings, configMap("other", { v }), alarm]);
  };
  await commit("1");
  await given.settle();
  await commit("2");
  Object.assign(given.world, { clusters: { connect: async () => ({ ...given.cluster, ...answers(given.cluster) }) } });
  return given;
};

const lostRaces = ({ apply }: Cluster): Partial<Cluster> => ({
  apply: async (manifest, how) =>
    manifest.metadata.name === "settings" && !how.dryRun
      ? { state: "conflict", message: "the object has been modified" }
      : apply(manifest, how),
});

/** A delete is accepted, and a finalizer keeps the object. */
const held = ({ delete: remove, get }: Cluster): Partial<Cluster> => ({
  delete: async (at, how) => (at.name === "settings" ? { state: "deleted" } : remove(at, how)),
  get: async (at) => {
    const found = await get(at);
    if (at.name !== "settings" || found.state !== "found") return found;
    const { metadata, ...object } = found.object;
    return { state: "found", object: { ...object, metadata: { ...metadata, finalizers: ["example.com/backup"] } } };
  },
});

describe.each([
  [
    "that somebody else changes whenever it is applied",
    lostRaces,
    "",
    "ConfigMap production/settings: was changed by somebody else 5 times while it was applied",
  ],
  [
    "that is to be created again, and that a finalizer keeps",
    held,
    "Replace=true,Force=true",
    "ConfigMap production/settings: it is being deleted, to be created again, and is not gone yet; it is held by example.com/backup",
  ],
] as const)("an object %s", (_, answers, options, reason) => {
  it("fails as any other that is refused: the rest of its kind is applied, and SyncFail hooks run", async () => {
    const { sync, live, state } = await contended(answers, options);
    await sync();
    expect(live("other")).toMatchObject({ data: { v: "2" } });
    expect(live("alarm", "Job")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Running" });
  });

  it("is tried as often as its retry policy says, and no more", async () => {
    const { settle, cluster, state, history } = await contended(answers, options);
    await settle(() => {
      const at = { apiVersion: "batch/v1", kind: "Job", namespace: "production", name: "alarm" };
      const status = { conditions: [{ type: "Complete", status: "True" }] };
      if (cluster.objects().some(({ metadata }) => metadata.name === "alarm"))
        cluster.edit(at, "controller", (live) => ({ ...live, status }));
    });
    expect(await state()).toMatchObject({ phase: "Failed", attempt: 6, reason });
    expect(await state()).not.toHaveProperty("outage");
    expect((await history())[0]?.objects).toContainEqual(expect.objectContaining({ code: "SyncFailed", message: reason }));
  });
});
