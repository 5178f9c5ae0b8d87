import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { ClusterApis, ServedKind } from "../../../shared/ports/cluster.ts";
import { scanned, withoutSelfHeal } from "../../support/drift-scanned.ts";
import { anApplication, configMap } from "../../support/sync-world.ts";

const boatKind = (version: string): ServedKind => ({
  apiVersion: `harbor.example/${version}`,
  kind: "Boat",
  plural: "boats",
  namespaced: true,
  verbs: [],
});
const boat: Manifest = { apiVersion: "harbor.example/v1beta1", kind: "Boat", metadata: { name: "tug" }, spec: { colour: "blue" } };

/** An Application with a boat on a cluster that serves boats otherwise from now on. */
const boating = async (change: (apis: ClusterApis) => ClusterApis, application = {}) => {
  const world = await scanned(application, { manifests: [boat], kinds: [boatKind("v1beta1")] });
  const { cluster } = world;
  const { discover, list, get } = cluster;
  const later = { change: (apis: ClusterApis) => apis };
  cluster.discover = async (options) => later.change(await discover(options));
  const served = async (apiVersion: string) => {
    const apis = later.change(await discover());
    if (apis.unavailable?.includes(apiVersion)) throw new Failure("ClusterUnreachable", "harbor", "503: the server is not available");
    return apis.kinds.some((kind) => kind.apiVersion === apiVersion);
  };
  // A server converts: what stands there is given in the version that is asked for.
  cluster.list = async (query) => {
    if (!(await served(query.apiVersion))) return { state: "absent" };
    const answer = await list(query.kind === "Boat" ? { ...query, apiVersion: boat.apiVersion } : query);
    return answer.state === "listed"
      ? { ...answer, objects: answer.objects.map((object) => ({ ...object, apiVersion: query.apiVersion })) }
      : answer;
  };
  cluster.get = async (at) => {
    if (!(await served(at.apiVersion))) return { state: "absent" };
    const answer = await get(at);
    return answer.state === "found" ? { ...answer, object: { ...answer.object, apiVersion: at.apiVersion } } : answer;
  };
  later.change = change;
  return world;
};
const withoutBoats = (kinds: readonly ServedKind[]) => kinds.filter(({ kind }) => kind !== "Boat");
const at = { apiVersion: boat.apiVersion, kind: "Boat", namespace: "production", name: "tug" };

const dropped = (apis: ClusterApis): ClusterApis => ({ ...apis, kinds: [...withoutBoats(apis.kinds), boatKind("v1")] });
const silent = (apis: ClusterApis): ClusterApis => ({ ...apis, kinds: withoutBoats(apis.kinds), unavailable: [boat.apiVersion] });

describe("objects of a version that the cluster serves no longer", () => {
  it("are read in another one: they are not deleted, and a controller's write is no drift", async () => {
    const { scan, syncs, history, cluster } = await boating(dropped);
    cluster.edit(at, "boat-controller", (object) => ({ ...object, status: { afloat: true } }));
    const before = await history();
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await history()).toEqual(before);
  });

  it("are missing when they are gone", async () => {
    const { scan, syncs, cluster, live } = await boating(dropped);
    await cluster.delete(at, { uid: String(live("tug", "Boat")?.metadata.uid), propagation: "Background" });
    await scan();
    expect(syncs.take()).toHaveLength(1);
  });
});

describe("objects of a kind that is served no longer in any version", () => {
  it("are missing", async () => {
    const { scan, history } = await boating((apis) => ({ ...apis, kinds: withoutBoats(apis.kinds) }), withoutSelfHeal);
    await scan();
    expect((await history())[0]).toMatchObject({ kind: "drift-found", reason: "Boat production/tug was deleted" });
  });
});

describe("objects of an API server that does not answer", () => {
  it("are unknown: neither missing nor unhealthy, and the others of the cluster are looked at", async () => {
    const { scan, syncs, declare, commit, sync, cluster, facts, state } = await boating(silent);
    const { health } = await state();
    await declare(anApplication({ name: "other" }));
    await commit("other", [configMap("others", { colour: "blue" })]);
    await sync("other");
    await scan();
    cluster.edit({ ...at, apiVersion: "v1", kind: "ConfigMap", name: "others" }, "kubectl-edit", (object) => ({
      ...object,
      data: { colour: "red" },
    }));
    syncs.take();
    await scan();
    expect(await facts()).toMatchObject({ reachable: true });
    expect(syncs.take()).toEqual([{ v: 1, application: "other" }]);
    expect((await state()).health).toBe(health);
  });

  it("are unknown, too, when it went away after the kinds were asked for", async () => {
    let asked = 0;
    const { scan, syncs, facts } = await boating((apis) => (asked++ === 0 ? apis : silent(apis)));
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await facts()).toMatchObject({ reachable: true });
  });

  it("keep what was told of them until they can be seen again", async () => {
    const trouble = { now: false };
    const { scan, state, cluster } = await boating((apis) => (trouble.now ? silent(apis) : apis), withoutSelfHeal);
    cluster.edit(at, "kubectl-edit", (object) => ({ ...object, spec: { colour: "red" } }));
    await scan();
    expect(await state()).toMatchObject({ drifted: true });
    trouble.now = true;
    await scan();
    expect(await state()).toMatchObject({ drifted: true, syncStatus: "OutOfSync" });
  });
});
