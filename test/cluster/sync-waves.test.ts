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

const given = async (manifests: readonly Manifest[] | ((namespace: string) => readonly Manifest[])) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(
    world.application({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: [] } }),
  );
  await world.commit("web", typeof manifests === "function" ? manifests(world.namespace) : manifests);
  return world;
};
const wave = (number: number) => argo({ "sync-wave": String(number) });
const simple = (apiVersion: string, kind: string, name: string, rest: object = {}): Manifest => ({
  apiVersion,
  kind,
  metadata: { name },
  ...rest,
});
/** A kind of its own for each test, for CRDs belong to the whole cluster. */
const widgets = (namespace: string, metadata: Partial<Manifest["metadata"]> = {}) => {
  const group = `${namespace}.example`;
  const crd: Manifest = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets.${group}`, ...metadata },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { size: { type: "integer" } } } },
        },
      ],
    },
  };
  return { crd, widget: (name: string, rest: object = {}) => simple(`${group}/v1`, "Widget", name, { size: 1, ...rest }) };
};

describe("objects of one wave", () => {
  it("are applied in Argo CD's order of kinds, Namespaces and CRDs first, the same kind side by side", async () => {
    const { ended, writes, namespace } = await given((own) => {
      const { crd, widget } = widgets(own);
      return [
        widget("last"),
        simple("networking.k8s.io/v1", "Ingress", "web", { spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } } }),
        realDeployment("web"),
        simple("v1", "Service", "web", { spec: { selector: { app: "web" }, ports: [{ port: 80 }] } }),
        simple("rbac.authorization.k8s.io/v1", "Role", "web", { rules: [] }),
        configMap("b"),
        configMap("a"),
        simple("v1", "Secret", "web"),
        simple("v1", "ServiceAccount", "web"),
        crd,
      ];
    });
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    const kinds = writes.map((write) => write.split(" ")[1]);
    expect(kinds).toEqual([
      ...["CustomResourceDefinition", "ServiceAccount", "Secret", "ConfigMap", "ConfigMap", "Role", "Service", "Deployment", "Ingress"],
      "Widget",
    ]);
    await kubectl(controlPlane, ["delete", "crd", `widgets.${namespace}.example`, "--wait=false"]);
  });
});

describe("a CRD and objects of its kind in one sync", () => {
  it("are applied by it, the CRD moved up to the first wave that needs it (F-17)", async () => {
    const { ended, writes, by, namespace } = await given((own) => {
      const { crd, widget } = widgets(own, wave(9));
      return [crd, { ...widget("early"), metadata: { name: "early", ...wave(-2) } }, configMap("middle"), widget("plain")];
    });
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(writes).toEqual([
      `apply CustomResourceDefinition widgets.${namespace}.example`,
      "apply Widget early",
      "apply ConfigMap middle",
      "apply Widget plain",
    ]);
    expect(await by("get", `widgets.${namespace}.example`, "-o", "name")).toContain("/early");
    await kubectl(controlPlane, ["delete", "crd", `widgets.${namespace}.example`, "--wait=false"]);
  });

  it("are applied before a PreSync hook of that kind", async () => {
    const { ended, writes, namespace } = await given((own) => {
      const { crd, widget } = widgets(own);
      return [crd, { ...widget("hook"), metadata: { name: "hook", ...argo({ hook: "PreSync" }) } }, configMap("settings")];
    });
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(writes.slice(0, 2)).toEqual([`apply CustomResourceDefinition widgets.${namespace}.example`, "create Widget hook"]);
    await kubectl(controlPlane, ["delete", "crd", `widgets.${namespace}.example`, "--wait=false"]);
  });
});

describe("a Namespace in the sources", () => {
  it("comes before everything that lives in it, whatever waves are written", async () => {
    const { ended, writes, namespace, by } = await given((own) => [
      { ...simple("v1", "Namespace", `${own}-extra`), metadata: { name: `${own}-extra`, ...wave(7) } },
      configMap("early", {}, { namespace: `${own}-extra`, ...wave(-1) }),
      realJob("migrate", { namespace: `${own}-extra`, ...argo({ hook: "PreSync" }) }),
    ]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(writes.filter((write) => !write.startsWith("patch"))).toEqual([
      `apply Namespace ${namespace}-extra`,
      "create Job migrate",
      "apply ConfigMap early",
    ]);
    expect(await by("get", "configmap", "early", "-n", `${namespace}-extra`, "-o", "name")).toContain("early");
    await kubectl(controlPlane, ["delete", "namespace", `${namespace}-extra`, "--wait=false"]);
  });
});

describe("the gate behind a wave", () => {
  it("opens when its Deployments are rolled out and its Jobs complete; negative waves come first", async () => {
    const { ended, writes } = await given([
      configMap("after", {}, wave(3)),
      realJob("import", wave(2)),
      realDeployment("web", wave(1)),
      configMap("before", {}, wave(-5)),
    ]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(writes).toEqual(["apply ConfigMap before", "apply Deployment web", "apply Job import", "apply ConfigMap after"]);
  });

  it("stays closed while a Deployment is not rolled out, and says which", async () => {
    const { until, step, names, state } = await given([realDeployment("web", {}, "hang"), configMap("after", {}, wave(1))]);
    await until(({ reason }) => reason?.includes("waiting for Deployment") ?? false);
    for (let looks = 0; looks < 3; looks++) await step();
    expect((await state()).reason).toMatch(/^Sync, wave 0: waiting for Deployment sync-\w+\/web/);
    expect(await names("configmaps")).toEqual([]);
  });

  it("fails the operation when what it waits for is degraded, and no later wave begins", async () => {
    const broken = realDeployment("web", {}, "fail");
    const spec = typeof broken.spec === "object" && !Array.isArray(broken.spec) ? broken.spec : {};
    const { ended, names } = await given([{ ...broken, spec: { ...spec, progressDeadlineSeconds: 1 } }, configMap("after", {}, wave(1))]);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("Deployment") });
    expect(await names("configmaps")).toEqual([]);
  });

  it("is not waited for behind the last wave of a sync without hooks", async () => {
    const { ended } = await given([realDeployment("web", {}, "hang")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced", health: "Progressing" });
  });

  it("stands behind the last wave when a PostSync hook comes", async () => {
    const { until, names } = await given([realDeployment("web", {}, "hang"), realJob("smoke", argo({ hook: "PostSync" }))]);
    await until(({ reason }) => reason?.includes("waiting for Deployment") ?? false);
    expect(await names("jobs")).toEqual([]);
  });
});
