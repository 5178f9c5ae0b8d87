import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import { readClusterFacts } from "../../../shared/state/clusters.ts";
import { keys } from "../../../shared/state/items.ts";
import { scanned, unreachable, withoutSelfHeal } from "../../support/drift-scanned.ts";
import { openRestored } from "../../support/restored-world.ts";
import { anApplication, configMap } from "../../support/sync-world.ts";

const service = (name: string): Manifest => ({ apiVersion: "v1", kind: "Service", metadata: { name }, spec: { type: "ClusterIP" } });
const conversion = (kind: string) =>
  new Failure("KindUnavailable", "harbor", `Cluster harbor could not list ${kind}: conversion webhook for ${kind} failed`);

/** As where the operator behind a CRD is gone: the server answers, and cannot read these. */
const breakKind = (cluster: Cluster, broken: string): void => {
  const { list, get } = cluster;
  cluster.list = async (query) => (query.kind === broken ? Promise.reject(conversion(broken)) : list(query));
  cluster.get = async (at) => (at.kind === broken ? Promise.reject(conversion(broken)) : get(at));
};

/** Beside `web`, whose ConfigMap `settings` was edited, stands `other`. */
const beside = async (manifests: readonly Manifest[]) => {
  const world = await scanned(withoutSelfHeal);
  await world.declare(anApplication({ name: "other", ...withoutSelfHeal }));
  await world.commit("other", manifests);
  await world.sync("other");
  await world.scan();
  world.edit({ colour: "red", size: "small" });
  return world;
};

describe("one kind that the server cannot read", () => {
  it("keeps nobody else from being looked at, and the cluster is there: all of it counted as away", async () => {
    const { cluster, scan, state, facts, told, syncs } = await beside([service("quay")]);
    breakKind(cluster, "Service");
    await scan();
    await scan();
    expect(await state("web")).toMatchObject({ syncStatus: "OutOfSync", drifted: true });
    expect(await facts()).toMatchObject({ reachable: true });
    expect(await state("other")).not.toHaveProperty("drifted");
    const unreadable = { event: "kind-unreadable", facts: expect.objectContaining({ cluster: "harbor", kind: "v1/Service" }) };
    expect(told.filter(({ event }) => event === "kind-unreadable")).toEqual([unreadable, unreadable]);
    expect(syncs.sent).toEqual([]);
  });

  it("keeps nobody from pruning after a restore", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a"), configMap("b")]);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.restore(backup);
    await world.minute();
    await world.push("web", [configMap("a")]);
    await world.synced();
    breakKind(world.cluster, "Service");
    await world.scan();
    await world.synced();
    expect(world.names()).toEqual(["a"]);
  });
});

describe("after a restore, an inventory that cannot be read", () => {
  it("keeps no other Application from being searched for: it ended the search, and the scan of its cluster", async () => {
    const world = await openRestored();
    await world.declare(anApplication({ name: "api" }));
    await world.push("api", [configMap("api")]);
    await world.push("web", [configMap("a"), configMap("b")]);
    await world.synced();
    await world.sync("api");
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.restore(backup);
    await world.minute();
    await world.push("web", [configMap("a")]);
    await world.synced();
    await world.sync("api");
    await world.table.update(keys.inventory("api"), { set: { v: 2 } });
    await world.scan();
    await world.synced();
    expect(await world.state("web")).not.toHaveProperty("unproven");
    expect(await world.state("api")).toHaveProperty("unproven");
    expect(world.names()).toEqual(["a", "api"]);
    expect(await readClusterFacts(world.table, "harbor")).toMatchObject({ reachable: true });
  });
});

describe("an object that the server cannot compare in time", () => {
  const slow = new Failure("ClusterBusy", "harbor", "Cluster harbor is busy (HTTP 504): the request was cut off.");
  /** Dry runs of these fail, as where an admission webhook sleeps. */
  const slowDown = (cluster: Cluster, isSlow: (name: string) => boolean, failure = slow): void => {
    const { apply } = cluster;
    cluster.apply = async (manifest, options) => (isSlow(manifest.metadata.name) ? Promise.reject(failure) : apply(manifest, options));
  };
  const touch = (cluster: { edit: Awaited<ReturnType<typeof scanned>>["cluster"]["edit"] }, name: string) =>
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name }, "kubectl-edit", (object) => ({
      ...object,
      data: { colour: "red" },
    }));

  it("harms its own Application only, which is told", async () => {
    const { cluster, scan, state, facts, told } = await beside([configMap("others", { colour: "blue" })]);
    touch(cluster, "others");
    slowDown(cluster, (name) => name === "others");
    await scan();
    expect(await state("web")).toMatchObject({ drifted: true });
    expect(await facts()).toMatchObject({ reachable: true });
    expect(told).toContainEqual({ event: "scan-failed", facts: { application: "other", code: "ClusterBusy", reason: slow.message } });
  });

  it("is the cluster's own trouble where the cluster answers nothing else, either", async () => {
    const { cluster, scan, facts } = await beside([configMap("others", { colour: "blue" })]);
    touch(cluster, "others");
    slowDown(cluster, () => true, unreachable);
    const { discover } = cluster;
    let asked = 0;
    cluster.discover = async (options) => (++asked > 1 && options?.fresh ? Promise.reject(unreachable) : discover(options));
    await scan();
    expect(await facts()).toMatchObject({ reachable: false, error: unreachable.message });
  });
});
