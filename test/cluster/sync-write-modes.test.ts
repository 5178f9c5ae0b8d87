import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, type TestControlPlane } from "../support/control-plane.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const given = async (manifests: readonly Manifest[], syncOptions: readonly string[] = []) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions } }));
  await world.commit("web", manifests);
  await world.ended();
  return { ...world, uid: (object: string) => world.field(object, "{.metadata.uid}") };
};
const option = (value: string) => argo({ "sync-options": value });
const synced = { phase: "Succeeded", syncStatus: "Synced" };

const selector = (name: string, app: string, own: string | undefined = undefined): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, ...(own !== undefined && option(own)) },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [{ name: "main", image: "registry.example/main:1" }] } },
  },
});
const service = (own: string | undefined, clusterIP: string): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", ...(own !== undefined && option(own)) },
  spec: { clusterIP, selector: { app: "web" }, ports: [{ port: 80 }] },
});
const withImage = (job: Manifest, image: string): Manifest => ({
  ...job,
  spec: { backoffLimit: 0, template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image }] } } },
});

describe("Replace=true", () => {
  it("makes the whole object Git's: what others added goes", async () => {
    const { ended, commit, by, field, uid } = await given([configMap("settings", { v: "1" }, option("Replace=true"))]);
    const before = await uid("configmap/settings");
    await by("patch", "configmap", "settings", "--type=merge", "--field-manager=controller", "-p", '{"data":{"theirs":"1"}}');
    await commit("web", [configMap("settings", { v: "2" }, option("Replace=true"))]);
    expect(await ended()).toMatchObject(synced);
    expect(await field("configmap/settings", "{.data}")).toBe('{"v":"2"}');
    expect(await uid("configmap/settings")).toBe(before);
  });

  it("creates what is not there, and finds no drift afterwards", async () => {
    const { step, state, writes } = await given([
      configMap("settings", { v: "1" }, option("Replace=true")),
      realDeployment("web", option("Replace=true")),
    ]);
    expect(await state()).toMatchObject(synced);
    const before = writes.length;
    await step();
    expect(writes.slice(before)).toEqual([]);
  });

  it("replaces a Service without losing its address, and a Deployment without a restart", async () => {
    const plain: Manifest = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", ...option("Replace=true") },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    };
    const { ended, commit, field, names, until } = await given([plain, realDeployment("web", option("Replace=true"))]);
    await until(({ health }) => health !== "Progressing");
    const address = await field("service/web", "{.spec.clusterIP}");
    const pods = await names("pods");
    await commit("web", [
      { ...plain, metadata: { ...plain.metadata, labels: { tier: "front" } } },
      realDeployment("web", { ...option("Replace=true"), labels: { tier: "front" } }),
    ]);
    expect(await ended()).toMatchObject(synced);
    expect(await field("service/web", "{.spec.clusterIP}")).toBe(address);
    expect(await names("pods")).toEqual(pods);
  });
});

describe("Force=true", () => {
  it("deletes and creates again a Deployment whose selector changed, and not one that can be changed", async () => {
    const { ended, commit, uid } = await given([selector("web", "one", "Force=true"), configMap("settings")]);
    const first = await uid("deployment/web");
    await commit("web", [
      { ...selector("web", "one", "Force=true"), metadata: { name: "web", labels: { a: "b" }, ...option("Force=true") } },
      configMap("settings", { v: "2" }),
    ]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(await uid("deployment/web")).toBe(first);
    await commit("web", [selector("web", "two", "Force=true"), configMap("settings", { v: "3" })]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(await uid("deployment/web")).not.toBe(first);
  });

  it("with Replace=true runs a Job again whose template changed", async () => {
    const job = realJob("import", option("Force=true,Replace=true"));
    const { ended, commit, uid, field } = await given([withImage(job, "registry.example/import:1"), configMap("settings")]);
    const first = await uid("job/import");
    await commit("web", [withImage(job, "registry.example/import:2"), configMap("settings")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(await uid("job/import")).not.toBe(first);
    expect(await field("job/import", "{.spec.template.spec.containers[0].image}")).toBe("registry.example/import:2");
  });

  it("gives a Service another address", async () => {
    const { ended, commit, field } = await given([service("Force=true", "None"), configMap("settings")]);
    await commit("web", [service("Force=true", "10.0.231.17"), configMap("settings")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(await field("service/web", "{.spec.clusterIP}")).toBe("10.0.231.17");
  });

  it("comes with a person's request as well", async () => {
    const { ended, commit, ask, uid, until } = await given([selector("web", "one"), configMap("settings")]);
    const first = await uid("deployment/web");
    await commit("web", [selector("web", "two"), configMap("settings")]);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("immutable") });
    await ask({ strategy: { kind: "hook", force: true } });
    await until(({ phase }) => phase === "Succeeded");
    expect(await uid("deployment/web")).not.toBe(first);
  });
});

describe("an object that another Application owns", () => {
  const owned = async (syncOptions: readonly string[]) => {
    const world = await realSyncWorld(controlPlane, cluster);
    const { namespace } = world;
    const theirs = {
      ...configMap("shared", { theirs: "1" }),
      metadata: { name: "shared", annotations: { "argocd.argoproj.io/tracking-id": `other:/ConfigMap:${namespace}/shared` } },
    };
    await kubectl(controlPlane, ["-n", namespace, "apply", "-f", "-"], JSON.stringify(theirs));
    await world.declare(world.application({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions } }));
    await world.commit("web", [configMap("shared", { ours: "1" }), configMap("settings")]);
    return world;
  };

  it("is left alone and named, while the rest is applied", async () => {
    const { ended, field, names } = await owned([]);
    expect(await ended()).toMatchObject({
      phase: "Succeeded",
      syncStatus: "OutOfSync",
      reason: expect.stringContaining("belongs to Application other"),
    });
    expect(await field("configmap/shared", "{.data}")).toBe('{"theirs":"1"}');
    expect(await names("configmaps")).toEqual(["configmap/settings", "configmap/shared"]);
  });

  it("fails the sync before anything is changed with FailOnSharedResource=true", async () => {
    const { ended, names } = await owned(["FailOnSharedResource=true"]);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("FailOnSharedResource=true") });
    expect(await names("configmaps")).toEqual(["configmap/shared"]);
  });
});

describe("CreateNamespace=true with managedNamespaceMetadata", () => {
  it("makes the namespace with these labels and annotations, keeps those of others, and does not own it", async () => {
    const world = await realSyncWorld(controlPlane, cluster);
    const name = `${world.namespace}-made`;
    const application = (labels: Readonly<Record<string, string>>) =>
      world.application({
        destination: { name: "harbor", namespace: name },
        syncPolicy: {
          automated: { prune: true, selfHeal: true, allowEmpty: false },
          syncOptions: ["CreateNamespace=true"],
          managedNamespaceMetadata: { labels, annotations: { note: "ours" } },
        },
      });
    await world.declare(application({ team: "harbour", tier: "front" }));
    await world.commit("web", [configMap("settings")]);
    expect(await world.ended()).toMatchObject(synced);
    const labels = () => kubectl(controlPlane, ["get", "namespace", name, "-o", "jsonpath={.metadata.labels}"]);
    expect(JSON.parse(await labels())).toMatchObject({ team: "harbour", tier: "front" });
    await kubectl(controlPlane, ["label", "namespace", name, "theirs=1"]);
    await world.declare(application({ team: "quay" }));
    await world.commit("web", [configMap("settings", { v: "2" })]);
    await world.ended();
    expect(JSON.parse(await labels())).toEqual({ "kubernetes.io/metadata.name": name, team: "quay", theirs: "1" });
    const tracking = await kubectl(controlPlane, ["get", "namespace", name, "-o", "jsonpath={.metadata.annotations}"]);
    expect(JSON.parse(tracking)).toEqual({ note: "ours" });
    await kubectl(controlPlane, ["delete", "namespace", name, "--wait=false"]);
  });
});

describe("an object that moves from one Application to another", () => {
  const two = async () => {
    const world = await realSyncWorld(controlPlane, cluster);
    await world.declare(world.application());
    await world.declare(world.application({ name: "other" }));
    await world.commit("web", [configMap("settings"), configMap("moved", { web: "1" })]);
    await world.ended();
    const uid = await world.field("configmap/moved", "{.metadata.uid}");
    return { ...world, uid };
  };

  it("was once left alone and then deleted: it is taken over as it stands, and its old owner's prune leaves it", async () => {
    const { commit, ended, field, uid, names } = await two();
    await commit("web", [configMap("settings")]);
    await commit("other", [configMap("moved", { other: "1" })]);
    expect(await ended("other")).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await ended("web")).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps")).toEqual(["configmap/moved", "configmap/settings"]);
    expect(await field("configmap/moved", "{.data}")).toBe('{"other":"1"}');
    expect(await field("configmap/moved", "{.metadata.uid}")).toBe(uid);
  });

  it("is created anew where its old owner heard of it late and deleted it", async () => {
    const { commit, ended, until, field, names } = await two();
    await commit("other", [configMap("moved", { other: "1" })]);
    expect(await ended("other")).toMatchObject({ phase: "Succeeded", syncStatus: "OutOfSync" });
    await commit("web", [configMap("settings")]);
    await ended("web");
    expect(await names("configmaps")).toEqual(["configmap/settings"]);
    await until(({ syncStatus }) => syncStatus === "Synced", "other");
    expect(await field("configmap/moved", "{.data}")).toBe('{"other":"1"}');
  });
});
