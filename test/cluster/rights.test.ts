import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import type { RespectRbac } from "../../shared/model/customizations.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { unseenOf } from "../../shared/sync/unseen.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { testCluster } from "../support/cluster-client.ts";
import { settings } from "../support/cluster-settings.ts";
import { kubectl, newNamespace, type TestControlPlane } from "../support/control-plane.ts";
import { driftDefaults } from "../support/drift-world.ts";
import { eventually } from "../support/eventually.ts";
import { realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
const opened: Cluster[] = [];
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
afterAll(() => cluster.close());

const secret = (name: string) => ({ apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { pin: "8675309" } });

/** An identity that may do in a namespace what is said, such as `get,list configmaps`, and our connection with it. */
const identity = async (namespace: string, rights: readonly string[]) => {
  const home = await newNamespace(controlPlane, "home");
  await kubectl(controlPlane, ["-n", home, "create", "serviceaccount", "fairlead"]);
  for (const [index, right] of rights.entries()) {
    const [verbs = "", resources = ""] = right.split(" ");
    const name = `right-${index}`;
    await kubectl(controlPlane, ["-n", namespace, "create", "role", name, `--verb=${verbs}`, `--resource=${resources}`]);
    await kubectl(controlPlane, ["-n", namespace, "create", "rolebinding", name, `--role=${name}`, `--serviceaccount=${home}:fairlead`]);
  }
  const token = (await kubectl(controlPlane, ["-n", home, "create", "token", "fairlead"])).trim();
  const { name, server, ca } = controlPlane;
  const connection = openCluster({ name, server: new URL(server), ca, allowLoopback: true }, { token: async () => token });
  opened.push(connection);
  return connection;
};

const everything = "get,list,create,patch,update,delete";

/** Secrets and ConfigMaps that an identity with all rights synced; then another, with those that are said, goes on. */
const synced = async (rights: readonly string[], respectRbac: RespectRbac) => {
  const given = await realSyncWorld(controlPlane, cluster);
  const { namespace, world, commit, declare, application, ended, table } = given;
  await settings(table, { respectRbac });
  await declare(application({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: [] } }));
  const many = Array.from({ length: 10 }, (_, index) => secret(`pin-${index}`));
  await commit("web", [configMap("settings"), ...many]);
  await ended();
  const limited = await identity(namespace, rights);
  await eventually(
    "its rights are known",
    async () => (await limited.list({ apiVersion: "v1", kind: "ConfigMap", namespace })).state === "listed",
  );
  Object.assign(world, { clusters: { connect: async () => limited } });
  const secrets = async () => (await given.names("secrets")).length;
  return { ...given, many, secrets, limited };
};

describe("an identity that may not list Secrets, on a real server", () => {
  it("reads those it knows by name, prunes what Git drops, and sees what drifts", async () => {
    const { commit, ended, scan, secrets, by, many, syncs } = await withScan(
      await synced([`${everything} configmaps`, "get,create,patch,update,delete secrets"], ""),
    );
    await by("label", "secret/pin-3", "owner=me");
    await scan();
    expect(syncs.take()).toHaveLength(1);
    await ended();
    expect(await by("get", "secret/pin-3", "-o", "jsonpath={.metadata.labels}")).toBe("");
    await commit("web", [configMap("settings"), ...many.slice(0, 9)]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await secrets()).toBe(9);
  });

  it.each(["normal", "strict"] as const)(
    "and may not read them either leaves them alone, with %s, when Git drops them",
    async (respectRbac) => {
      const { commit, ended, secrets, history } = await synced([`${everything} configmaps`], respectRbac);
      await commit("web", [configMap("settings", { colour: "red" })]);
      expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
      expect(await secrets()).toBe(10);
      expect(JSON.stringify(await history())).toContain("resource.respectRBAC leaves it alone");
    },
  );

  it("fails where argocd-cm says nothing, and nothing is pruned", async () => {
    const { commit, until, secrets } = await synced([`${everything} configmaps`], "");
    await commit("web", [configMap("settings", { colour: "red" })]);
    expect(await until(({ phase }) => phase === "Failed")).toMatchObject({ reason: expect.stringContaining("cannot be looked at") });
    expect(await secrets()).toBe(10);
  });

  it("is asked about by strict: what our rights allow, and something else forbids, is no answer", async () => {
    const namespace = await newNamespace(controlPlane, "rights");
    const limited = await identity(namespace, ["get,list secrets"]);
    const forbidden = (kind: string) => new Map([[`/${kind}:${namespace}/pin`, { state: "forbidden", reason: "no" } as const]]);
    const apis = await limited.discover();
    const isUnseen = async (kind: string) =>
      (await unseenOf("strict", forbidden(kind), apis, limited))({ group: "", kind, namespace, name: "pin" });
    await eventually("its rights are known", async () => !(await isUnseen("Secret")));
    expect(await isUnseen("ConfigMap")).toBe(true);
  });
});

/** A scan of what an identity may see. */
const withScan = async <T extends Awaited<ReturnType<typeof synced>>>(given: T) => {
  const { world, limited, pass } = given;
  const driftWorld = { ...world, ...driftDefaults, clusters: { connect: async () => limited }, pushes: memoryQueue<PushMessage>() };
  const scan = async () => {
    pass(600_000);
    await scanCluster("harbor", driftWorld);
  };
  return { ...given, scan };
};

describe("kinds that argocd-cm excludes, on a real server", () => {
  it("are never asked for: an identity without any rights on them does", async () => {
    const { table, commit, ended, scan, syncs, secrets, many } = await withScan(await synced([`${everything} configmaps`], ""));
    await settings(table, { filter: { exclusions: [{ apiGroups: [""], kinds: ["Secret"], clusters: ["*"] }], inclusions: [] } });
    await scan();
    expect(syncs.take()).toEqual([]);
    await commit("web", [configMap("settings", { colour: "red" }), ...many.slice(0, 5)]);
    expect(await ended()).toMatchObject({
      phase: "Succeeded",
      syncStatus: "Synced",
      warnings: expect.arrayContaining([expect.stringContaining("Secret pin-0: argocd-cm excludes its kind")]),
    });
    expect(await secrets()).toBe(10);
  });
});
