import { afterAll, beforeAll, expect, it } from "vitest";
import { runAction } from "../../shared/actions/run-action.ts";
import { tracked } from "../../shared/diff/tracking.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { keyOf } from "../../shared/model/resource-key.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { writeProject } from "../../shared/state/projects.ts";
import { wish } from "../../shared/state/wishes.ts";
import { previewSync } from "../../shared/sync/preview.ts";
import { testCluster } from "../support/cluster-client.ts";
import { settings } from "../support/cluster-settings.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { realDeployment, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "pin" } };
const everything = "get,list,create,patch,update,delete";

/** Application `web` of a namespace whose account `deployer` may do everything with ConfigMaps, and nothing else. */
const impersonated = async () => {
  const given = await realSyncWorld(controlPlane, cluster);
  const { namespace, world, table, by } = given;
  const account = `system:serviceaccount:${namespace}:deployer`;
  const { clusters } = world;
  Object.assign(world, { clusters: { ...clusters, addresses: async () => [controlPlane.server] } });
  await by("create", "serviceaccount", "deployer");
  await by("create", "role", "deployer", `--verb=${everything}`, "--resource=configmaps");
  await by("create", "rolebinding", "deployer", "--role=deployer", `--serviceaccount=${namespace}:deployer`);
  await settings(table, { impersonation: true });
  const spec = { destinationServiceAccounts: [{ server: controlPlane.server, namespace: "sync*", defaultServiceAccount: "deployer" }] };
  await writeProject(table, { name: "default", description: "", spec });
  await eventually("its rights are known", async () => {
    const probe = configMap("probe", {}, { namespace });
    const answer = await cluster.apply(probe, { fieldManager: "probe", force: true, dryRun: true, as: account });
    return answer.state === "applied";
  });
  await given.declare(given.application());
  return { ...given, account };
};

it("an impersonated sync may do what its account may, and the server's refusal names the account", async () => {
  const { account, by, commit, ended, until, names } = await impersonated();
  await commit("web", [configMap("settings"), configMap("more")]);
  expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  await commit("web", [configMap("settings")]);
  expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  expect(await names("configmap")).toEqual(["configmap/settings"]);

  await commit("web", [configMap("settings", { colour: "red" }), secret]);
  const { reason } = await until(({ phase }) => phase === "Failed");
  expect(reason).toContain(`User "${account}" cannot patch resource "secrets"`);
  expect(await names("secret")).toEqual([]);
  expect(await by("get", "configmap/settings", "-o", "jsonpath={.data}")).toBe("");
});

// Only syncs asked as the account: an action, a deletion or a diff had our own rights, which may be those of the whole cluster.
it("actions, diffs and deletions may do no more than the account, either", async () => {
  const { account, namespace, world, table, by, commit, ended, step, state, names, application } = await impersonated();
  await commit("web", [configMap("settings")]);
  expect(await ended()).toMatchObject({ phase: "Succeeded" });
  const deployment: Manifest = tracked({ ...realDeployment("web"), metadata: { name: "web", namespace } }, "web");
  expect(await cluster.apply(deployment, { fieldManager: "fairlead", force: true })).toMatchObject({ state: "applied" });
  const restarted = await runAction({ application: "web", object: keyOf(deployment), action: "restart", parameters: {} }, world);
  expect(restarted).toMatchObject([{ code: "SyncFailed", message: expect.stringContaining(`User "${account}" cannot patch`) }]);

  await commit("web", [configMap("settings", { colour: "red" }), { ...deployment, metadata: { name: "web", labels: { new: "label" } } }]);
  const { results } = await previewSync(application(), await state(), { ...world, claims: () => false });
  expect(results.map(({ key, action, message = "" }) => [key.kind, action, message.includes(account)])).toEqual([
    ["ConfigMap", "configured", false],
    ["Deployment", "unknown", true],
  ]);

  await commit("web", [configMap("settings")]);
  await ended();
  await by("delete", "rolebinding", "deployer");
  await eventually("its rights are gone", async () => {
    const probe = configMap("probe", {}, { namespace });
    const answer = await cluster.apply(probe, { fieldManager: "probe", force: true, dryRun: true, as: account });
    return answer.state === "refused";
  });
  await wish(table, "web", { removal: "cascade", trigger: "registry" }, world.clock.now());
  await step();
  expect((await state()).reason).toContain(`User "${account}" cannot delete resource "configmaps"`);
  expect(await names("configmap")).toEqual(["configmap/settings"]);
});
