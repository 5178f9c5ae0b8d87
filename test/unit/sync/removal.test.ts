import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { wish } from "../../../shared/state/wishes.ts";
import type { FakeClusterOptions } from "../../fakes/fake-cluster.ts";
import { isBareFence } from "../../support/bare-fence.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../support/sync-world.ts";

const options = (value: string) => ({ annotations: { "argocd.argoproj.io/sync-options": value } });
const crd: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "boats.harbor.example" },
  spec: {
    group: "harbor.example",
    names: { kind: "Boat", plural: "boats" },
    scope: "Namespaced",
    versions: [{ name: "v1", served: true }],
  },
  status: { conditions: [{ type: "Established", status: "True" }] },
};

const withdrawn = async (removal: "cascade" | "forget", manifests: readonly Manifest[], given: FakeClusterOptions = {}) => {
  const world = syncWorld(given);
  await world.declare(anApplication());
  await world.commit("web", manifests);
  await world.sync();
  await wish(world.table, "web", { removal, trigger: "registry" }, world.world.clock.now());
  /** A step; the next one has its time. */
  const sync = async () => {
    const next = await world.sync();
    if (!next.done) world.pass(next.seconds * 1000);
    return next;
  };
  return { ...world, sync, hint: world.sync };
};

describe("an Application that is withdrawn", () => {
  it("takes its objects along where it carries the finalizer, and is forgotten when they are gone", async () => {
    const { sync, live, table } = await withdrawn("cascade", [configMap("settings")]);
    expect(await sync()).toMatchObject({ done: false, seconds: 2 });
    expect(live("settings")).toBeUndefined();
    expect(await readState(table, "web")).toMatchObject({ phase: "Terminating" });
    expect(await sync()).toEqual({ done: true });
    expect(
      table
        .items()
        .filter(({ pk, sk }) => pk !== "repos" && (pk === "app#web" || sk.includes("web")))
        .filter((item) => !isBareFence(item)),
    ).toEqual([]);
  });

  it("leaves its objects and nothing else behind where it does not", async () => {
    const { sync, live, table } = await withdrawn("forget", [configMap("settings")]);
    await sync();
    expect(live("settings")).toBeDefined();
    expect(await readState(table, "web")).toBeUndefined();
  });

  it.each([
    ["annotated Delete=false", configMap("stays", {}, options("Delete=false"))],
    ["that Helm keeps", configMap("stays", {}, { annotations: { "helm.sh/resource-policy": "keep" } })],
    ["that are CRDs, as all objects of their kind would go with them", { ...crd, metadata: { name: "stays" } }],
  ])("leaves objects %s", async (_, manifest) => {
    const { sync, live, table } = await withdrawn("cascade", [manifest, configMap("goes")]);
    await sync();
    await sync();
    expect(live("stays", manifest.kind)).toBeDefined();
    expect(live("goes")).toBeUndefined();
    expect(await readState(table, "web")).toBeUndefined();
  });

  it("takes objects along that only pruning would have left", async () => {
    const { sync, live } = await withdrawn("cascade", [configMap("settings", {}, options("Prune=false"))]);
    await sync();
    expect(live("settings")).toBeUndefined();
  });

  it("does not delete what another Application tracks by now", async () => {
    const { sync, live, cluster } = await withdrawn("cascade", [configMap("shared")]);
    const annotations = { "argocd.argoproj.io/tracking-id": "other:/ConfigMap:production/shared" };
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "shared" }, "other", (object) => ({
      ...object,
      metadata: { ...object.metadata, annotations },
    }));
    expect(await sync()).toEqual({ done: true });
    expect(live("shared")).toBeDefined();
  });

  it("says which object the cluster will not delete, instead of trying for ever in silence", async () => {
    const { sync, state, cluster, world } = await withdrawn("cascade", [configMap("settings")]);
    const refusing = { ...cluster, delete: async () => ({ state: "refused", reason: "Forbidden", message: "denied by policy" }) as const };
    Object.assign(world, { clusters: { connect: async () => refusing } });
    expect(await sync()).toMatchObject({ done: false, seconds: 5 });
    expect(await state()).toMatchObject({ phase: "Failed", reason: "ConfigMap production/settings: denied by policy" });
  });

  it("was looked at again at once, and once more by a message, for as long as something held its objects (F-18)", async () => {
    const { hint, syncs, cluster, world, state } = await withdrawn("cascade", [configMap("settings")]);
    Object.assign(world, { clusters: { connect: async () => ({ ...cluster, delete: async () => ({ state: "deleted" }) as const }) } });
    const before = syncs.sent.length;
    expect(await hint()).toMatchObject({ done: false, seconds: 2 });
    expect(syncs.sent.slice(before)).toEqual([]);
    const { attempt } = (await state()) ?? {};
    // Others' hints begin no chains of their own.
    expect(await hint()).toEqual({ done: true });
    expect(await state()).toMatchObject({ attempt });
  });

  it("is asked about ever more rarely while a finalizer holds its objects", async () => {
    const { sync, cluster, world } = await withdrawn("cascade", [configMap("settings")]);
    const holding = { ...cluster, delete: async () => ({ state: "deleted" }) as const };
    Object.assign(world, { clusters: { connect: async () => holding } });
    const delays: number[] = [];
    for (let look = 0; look < 12; look++) {
      const next = await sync();
      delays.push(next.done ? 0 : next.seconds);
    }
    expect(delays).toEqual([2, 2, 2, 2, 3, 5, 8, 13, 20, 30, 60, 60]);
  });
});

describe("a removal that fails", () => {
  /** Looks at the failures that the world gives until there were so many. */
  const failures = async ({ sync, pass }: ReturnType<typeof syncWorld>, count: number) => {
    const delays: number[] = [];
    for (let attempt = 0; attempt < count; attempt++) {
      const next = await sync();
      delays.push(next.done ? 0 : next.seconds);
      pass(next.done ? 0 : next.seconds * 1000);
    }
    return delays;
  };

  it.each([
    ["is refused", async () => ({ state: "refused", reason: "Forbidden", message: "denied by policy" }) as const],
    [
      "ends in a failure that a retry does not mend",
      async () => {
        throw new Failure("ClusterForbidden", "harbor", "harbor: the credentials are refused");
      },
    ],
  ])("is tried every minute, without end, where a delete %s", async (_, refusal) => {
    const given = await withdrawn("cascade", [configMap("settings")]);
    const { cluster, world, live, table } = given;
    Object.assign(world, { clusters: { connect: async () => ({ ...cluster, delete: refusal }) } });
    expect(await failures(given, 8)).toEqual([5, 10, 20, 40, 60, 60, 60, 60]);
    Object.assign(world, { clusters: { connect: async () => cluster } });
    await given.settle();
    expect([live("settings"), await readState(table, "web")]).toEqual([undefined, undefined]);
  });

  it.each([["PreDelete"], ["PostDelete"]])("runs its %s hook anew, as a new object, until that succeeds", async (phase) => {
    const hook = job("backup", { annotations: { "argocd.argoproj.io/hook": phase } });
    const { cluster, live, settle, table } = await withdrawn("cascade", [configMap("settings"), hook]);
    const seen = new Set<string | undefined>();
    await settle(() => {
      const uid = live("backup", "Job")?.metadata.uid;
      if (uid === undefined || seen.has(uid)) return;
      seen.add(uid);
      endJob(cluster, "backup", seen.size < 8 ? "Failed" : "Complete", "no room");
    });
    expect(seen.size).toBe(8);
    expect([live("settings"), live("backup", "Job"), await readState(table, "web")]).toEqual([undefined, undefined, undefined]);
  });
});
