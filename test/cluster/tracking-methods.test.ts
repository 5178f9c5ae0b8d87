import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimOf } from "../../shared/diff/tracking.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import { defaultTracking, type Tracking } from "../../shared/model/tracking.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { testCluster } from "../support/cluster-client.ts";
import { trackBy } from "../support/cluster-settings.ts";
import { kubectl, type TestControlPlane } from "../support/control-plane.ts";
import { driftDefaults } from "../support/drift-world.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const id = "argocd.argoproj.io/tracking-id";
const installation = "argocd.argoproj.io/installation-id";
const label = "app.kubernetes.io/instance";
const by = (change: Partial<Tracking>): Tracking => ({ ...defaultTracking, ...change });

const world = async () => {
  const given = await realSyncWorld(controlPlane, cluster);
  await given.declare(given.application());
  const driftWorld = { ...given.world, ...driftDefaults, pushes: memoryQueue<PushMessage>() };
  const live = async (kind: "Deployment" | "ConfigMap", name: string) => {
    const apiVersion = kind === "Deployment" ? "apps/v1" : "v1";
    const found = await cluster.get({ apiVersion, kind, namespace: given.namespace, name });
    if (found.state !== "found") throw new Error(`${kind} ${name} is ${found.state}`);
    return found.object;
  };
  return {
    ...given,
    live,
    /** ReplicaSets and pods of a Deployment, when it is rolled out. */
    running: async (name: string) => {
      await given.by("rollout", "status", `deployment/${name}`, "--timeout=25s");
      return given.by("get", "replicasets,pods", "-l", `app=${name}`, "-o", "name");
    },
    /** Scans; answers how many syncs it wished for. */
    scan: async () => {
      given.pass(600_000);
      await scanCluster("harbor", driftWorld);
      return given.syncs.take().length;
    },
  };
};

describe("a change of the tracking method, on a real server", () => {
  it("marks objects anew at the next sync: none is made again, no pod restarts, nothing drifts", async () => {
    const { table, commit, ended, scan, live, running, by: person, names } = await world();
    const chart = { labels: { [label]: "release", app: "front" } };
    await trackBy(table, by({}));
    await commit("web", [realDeployment("front", chart), configMap("settings")]);
    await ended();
    const { uid } = (await live("Deployment", "front")).metadata;
    const pods = await running("front");
    const methods = [
      by({ method: "annotation+label" }),
      by({ method: "label" }),
      by({ method: "label", labelKey: "example.com/app" }),
      by({ installationId: "east" }),
      by({ method: "annotation+label", installationId: "west" }),
      by({}),
    ];
    for (const [index, after] of methods.entries()) {
      await trackBy(table, after);
      expect(await scan()).toBe(0);
      await person("annotate", "configmap/settings", `note-${index}=by-hand`);
      expect(await scan()).toBe(1);
      await commit("web", [realDeployment("front", chart), configMap("settings"), configMap(`more-${index}`)]);
      expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
      const { metadata } = await live("Deployment", "front");
      expect(metadata.uid).toBe(uid);
      expect(await running("front")).toBe(pods);
      const isLabelled = after.method !== "annotation";
      expect(metadata.labels).toEqual({ ...chart.labels, ...(isLabelled && { [after.labelKey]: "web" }) });
      expect(metadata.annotations?.[id] !== undefined).toBe(after.method !== "label");
      expect(metadata.annotations?.[installation]).toBe(after.installationId || undefined);
      expect(await scan()).toBe(0);
      expect((await names("configmaps")).filter((name) => name.startsWith("configmap/more"))).toEqual([`configmap/more-${index}`]);
    }
  });

  it("adds nothing to what is told of a drift", async () => {
    const { table, declare, application, commit, ended, scan, by: person, history } = await world();
    await declare(application({ syncPolicy: { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: [] } }));
    await trackBy(table, by({ method: "label", labelKey: "example.com/app" }));
    await commit("web", [configMap("settings", { colour: "blue" }, { labels: { [label]: "release" } })]);
    await ended();
    for (const [index, after] of [by({ installationId: "east" }), by({ method: "annotation+label" })].entries()) {
      await trackBy(table, after);
      await person("patch", "configmap/settings", "-p", `{"data":{"colour":"red-${index}"}}`);
      expect(await scan()).toBe(0);
      expect((await history())[0]?.objects[0]?.fields?.map(({ path }) => path)).toEqual(["data.colour"]);
    }
  });

  it("leaves hooks in their order and clears them away, with label", async () => {
    const { table, commit, ended, names } = await world();
    await trackBy(table, by({ method: "label" }));
    const metadata = argo({ hook: "PreSync", "hook-delete-policy": "HookSucceeded" });
    await commit("web", [realJob("migrate", metadata), configMap("settings")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("jobs,configmaps")).toEqual(["configmap/settings"]);
  });
});

describe("objects that Argo CD applied and tracked by label", () => {
  it("are taken over as they stand: not made again, pruned when Git drops them", async () => {
    const { table, commit, ended, live, running, namespace, names } = await world();
    await trackBy(table, by({ method: "label" }));
    const theirs = (manifest: object) =>
      kubectl(controlPlane, ["-n", namespace, "apply", "--field-manager", "argocd-controller", "-f", "-"], JSON.stringify(manifest));
    await theirs(realDeployment("front", { labels: { [label]: "web" } }));
    await theirs(configMap("doomed", {}, { labels: { [label]: "web" } }));
    const { uid } = (await live("Deployment", "front")).metadata;
    const pods = await running("front");
    await commit("web", [realDeployment("front"), configMap("doomed")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    const { metadata } = await live("Deployment", "front");
    expect([metadata.uid, metadata.labels, await running("front")]).toEqual([uid, { [label]: "web" }, pods]);
    await commit("web", [realDeployment("front")]);
    await ended();
    expect(await names("configmaps")).toEqual([]);
  });
});

describe("an installation's id", () => {
  it("keeps two installations with Applications of one name apart", async () => {
    const { table, commit, ended, live, namespace, history } = await world();
    await trackBy(table, by({ installationId: "east" }));
    const annotations = { [id]: `web:/ConfigMap:${namespace}/settings`, [installation]: "west" };
    await kubectl(
      controlPlane,
      ["-n", namespace, "create", "-f", "-"],
      JSON.stringify(configMap("settings", { by: "west" }, { annotations })),
    );
    await commit("web", [configMap("settings", { by: "east" }), configMap("ours")]);
    await ended();
    expect((await live("ConfigMap", "settings")).data).toEqual({ by: "west" });
    expect(JSON.stringify(await history())).toContain("belongs to Application web of installation west");
  });

  it("is known as our own former one by who wrote it, as the server records it", async () => {
    const { table, commit, ended, live } = await world();
    await trackBy(table, by({ installationId: "west" }));
    await commit("web", [configMap("settings")]);
    await ended();
    const east = by({ installationId: "east" });
    expect(claimOf(await live("ConfigMap", "settings"), east)).toEqual({ tracker: "web", hints: [] });
  });
});
