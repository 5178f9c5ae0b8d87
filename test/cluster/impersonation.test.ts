import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { writeProject } from "../../shared/state/projects.ts";
import { testCluster } from "../support/cluster-client.ts";
import { settings } from "../support/cluster-settings.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "pin" } };
const everything = "get,list,create,patch,update,delete";

it("an impersonated sync may do what its account may, and the server's refusal names the account", async () => {
  const { namespace, world, table, by, declare, application, commit, ended, until, names } = await realSyncWorld(controlPlane, cluster);
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

  await declare(application());
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
