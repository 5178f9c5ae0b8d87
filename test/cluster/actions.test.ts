import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAction } from "../../shared/actions/run-action.ts";
import { tracked } from "../../shared/diff/tracking.ts";
import { noCustomizations } from "../../shared/model/customizations.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { keyOf } from "../../shared/model/resource-key.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { declareApplication } from "../../shared/state/applications.ts";
import { writeCustomizations } from "../../shared/state/settings.ts";
import { memoryArtifacts } from "../fakes/memory-artifacts.ts";
import { memoryTable } from "../fakes/memory-table.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, newNamespace, type TestControlPlane, waitFor } from "../support/control-plane.ts";
import { anApplication } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
let namespace: string;
const table = memoryTable();

beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
  namespace = await newNamespace(controlPlane, "actions");
  await kubectl(controlPlane, ["apply", "-f", "-"], JSON.stringify(rolloutCrd));
  await waitFor(controlPlane, namespace, "crd/rollouts.actions.fairlead.dev", "condition=Established");
  await declareApplication(table, { application: anApplication(), cluster: "test", at: 0 });
});
afterAll(() => cluster?.close());

const world = () => ({ table, artifacts: memoryArtifacts(), clusters: { connect: async () => cluster }, clock: { now: Date.now } });
const pod = (name: string) => ({ metadata: { labels: { app: name } }, spec: { containers: [{ name: "main", image: "nginx:1.27" }] } });
const owned = async (apiVersion: string, kind: string, name: string, rest: object) => {
  const manifest: Manifest = tracked({ apiVersion, kind, metadata: { name, namespace }, ...rest }, "web");
  const answer = await cluster.apply(manifest, { fieldManager: "fairlead", force: true });
  expect(answer).toMatchObject({ state: "applied" });
  return keyOf(manifest);
};
const deployment = (name: string) =>
  owned("apps/v1", "Deployment", name, { spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: pod(name) } });
const run = (object: ReturnType<typeof keyOf>, action: string, parameters = {}) =>
  runAction({ application: "web", object, action, parameters }, world());
const read = async (object: string): Promise<Manifest> =>
  JSON.parse(await kubectl(controlPlane, ["-n", namespace, "get", object, "-o", "json", "--show-managed-fields"]));

/** Argo Rollouts' kind as far as actions go, in a group of our own: a status that is written by itself. */
const rolloutCrd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "rollouts.actions.fairlead.dev" },
  spec: {
    group: "actions.fairlead.dev",
    scope: "Namespaced",
    names: { kind: "Rollout", plural: "rollouts" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

describe("actions on a real API server", () => {
  it("scale a Deployment, and the controller follows", async () => {
    const web = await deployment("scaled");
    expect(await run(web, "scale", { replicas: "3" })).toMatchObject([{ action: "configured" }]);
    await waitFor(controlPlane, namespace, "deployment/scaled", "jsonpath={.status.readyReplicas}=3");
  });

  it("restart it with new pods, and take nothing from its desired state", async () => {
    const web = await deployment("restarted");
    await waitFor(controlPlane, namespace, "deployment/restarted", "condition=Available");
    const before = (await read("deployment/restarted")).metadata.generation ?? 0;
    expect(await run(web, "restart")).toMatchObject([{ action: "configured" }]);
    await waitFor(controlPlane, namespace, "deployment/restarted", `jsonpath={.status.observedGeneration}=${before + 1}`);
    const after = await read("deployment/restarted");
    expect(JSON.stringify(after.spec)).toContain("kubectl.kubernetes.io/restartedAt");
    expect(after.metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual(
      expect.arrayContaining(["fairlead Apply", "fairlead-action Update"]),
    );
  });

  it("make a Job of a CronJob, which runs and belongs to it", async () => {
    const template = { ...pod("once"), spec: { ...pod("once").spec, restartPolicy: "Never" } };
    const nightly = await owned("batch/v1", "CronJob", "nightly", {
      spec: { schedule: "0 0 1 1 *", jobTemplate: { metadata: { labels: { team: "a" } }, spec: { template } } },
    });
    const [created] = await run(nightly, "create-job");
    expect(created).toMatchObject({ action: "created", key: { kind: "Job", namespace } });
    const job = await read(`job/${created?.key.name}`);
    expect(job.metadata).toMatchObject({ labels: { team: "a" }, ownerReferences: [{ kind: "CronJob", name: "nightly" }] });
    await waitFor(controlPlane, namespace, `job/${created?.key.name}`, "condition=Complete");
  });

  it("end a Job that hangs: its controller takes the pods away and lets it fail", async () => {
    const hanging = { ...pod("long").metadata, annotations: { "fairlead.dev/simulate": "hang" } };
    const template = { metadata: hanging, spec: { ...pod("long").spec, restartPolicy: "Never", terminationGracePeriodSeconds: 0 } };
    const long = await owned("batch/v1", "Job", "long", { spec: { template } });
    await waitFor(controlPlane, namespace, "job/long", "jsonpath={.status.active}=1");
    expect(await run(long, "terminate")).toMatchObject([{ action: "configured" }]);
    await waitFor(controlPlane, namespace, "job/long", "condition=Failed");
  });

  it("write status and spec where each is taken, by a user's own Lua", async () => {
    await writeCustomizations(table, {
      ...noCustomizations,
      actions: [
        {
          group: "actions.fairlead.dev",
          kind: "Rollout",
          source: "argocd-cm resource.customizations.actions.actions.fairlead.dev_Rollout",
          discovery: "return {promote = {disabled = obj.spec.paused ~= true}}",
          definitions: [{ name: "promote", lua: "obj.status = {promoteFull = true} obj.spec.paused = false return obj" }],
          mergeBuiltin: false,
        },
      ],
    });
    const canary = await owned("actions.fairlead.dev/v1", "Rollout", "canary", { spec: { paused: true } });
    expect(await run(canary, "promote")).toMatchObject([{ action: "configured" }, { action: "configured" }]);
    expect(await read("rollouts.actions.fairlead.dev/canary")).toMatchObject({ spec: { paused: false }, status: { promoteFull: true } });
    await expect(run(canary, "promote")).rejects.toThrow("cannot be asked to promote");
  });
});
