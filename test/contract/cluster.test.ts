import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isJsonObject } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { ApplyOptions, Cluster, ObjectAddress } from "../../shared/ports/cluster.ts";
import { fakeCluster } from "../fakes/fake-cluster.ts";
import { freeGate } from "../simulation/free.ts";
import { gatedCluster } from "../simulation/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl } from "../support/control-plane.ts";

/** A cluster, and somebody who patches ConfigMaps in it by hand. */
interface Opened {
  readonly cluster: Cluster;
  readonly byHand: (name: string, data: Record<string, string | null>) => Promise<unknown>;
}

const fake = async (gated: (cluster: Cluster) => Cluster = (cluster) => cluster): Promise<Opened> => {
  let seconds = 0;
  const cluster = fakeCluster({ time: () => new Date(++seconds * 1_000).toISOString() });
  const patched = (live: Manifest, data: Record<string, string | null>): Manifest => {
    const merged = { ...(isJsonObject(live.data) ? live.data : {}), ...data };
    return { ...live, data: Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)) };
  };
  return { cluster: gated(cluster), byHand: async (name, data) => cluster.edit(at(name), "kubectl-patch", (live) => patched(live, data)) };
};

const real = async (): Promise<Opened> => {
  const { cluster, controlPlane } = await testCluster();
  const patch = (data: object) => ["--type=merge", "-p", JSON.stringify({ data })];
  return { cluster, byHand: (name, data) => kubectl(controlPlane, ["-n", "contract", "patch", `configmap/${name}`, ...patch(data)]) };
};

const ours: ApplyOptions = { fieldManager: "fairlead", force: true };
const writer = { fieldManager: "fairlead" };
const inTests = { namespace: "contract" };
const configMap = (name: string, data: Record<string, string>, metadata: Record<string, string> = {}): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...inTests, ...metadata },
  data,
});
const at = (name: string, namespace = "contract"): ObjectAddress => ({ apiVersion: "v1", kind: "ConfigMap", namespace, name });

describe.each([
  ["the fake", () => fake()],
  ["a simulated one", () => fake((cluster) => gatedCluster(cluster, "harbor", freeGate().call))],
  ["a real API server", real],
] as const)("a cluster (%s)", (_, open) => {
  let cluster: Cluster;
  let byHand: Opened["byHand"];

  const apply = async (manifest: Manifest, options = ours) => {
    const answer = await cluster.apply(manifest, options);
    if (answer.state !== "applied") throw new Error(`${answer.state}: ${answer.message}`);
    return answer;
  };
  const live = async (name: string): Promise<Manifest> => {
    const answer = await cluster.get(at(name));
    if (answer.state !== "found") throw new Error(`${name} is ${answer.state}`);
    return answer.object;
  };

  beforeAll(async () => {
    ({ cluster, byHand } = await open());
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "contract" } });
  });
  afterAll(() => cluster.close());

  it("says its version and which kinds it serves, namespaced or not", async () => {
    const { version, kinds } = await cluster.discover();
    expect(version).toMatch(/^v1\.\d+\.\d+/);
    expect(kinds).toContainEqual(
      expect.objectContaining({ apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", namespaced: true }),
    );
    expect(kinds).toContainEqual(expect.objectContaining({ apiVersion: "v1", kind: "Namespace", plural: "namespaces", namespaced: false }));
    expect(kinds.filter(({ plural }) => plural.includes("/"))).toEqual([]);
  });

  it("tells created from configured", async () => {
    expect(await apply(configMap("made", { a: "1" }))).toMatchObject({ created: true, object: { data: { a: "1" } } });
    expect(await apply(configMap("made", { a: "2" }))).toMatchObject({ created: false, object: { data: { a: "2" } } });
  });

  it("answers an apply with uid, resourceVersion and our entry of the managed fields", async () => {
    const { object } = await apply(configMap("owned", { a: "1" }));
    expect(object.metadata.uid).toBeTruthy();
    expect(object.metadata.resourceVersion).toBeTruthy();
    expect(object.metadata.managedFields).toMatchObject([
      { manager: "fairlead", operation: "Apply", fieldsV1: { "f:data": { "f:a": {} } } },
    ]);
  });

  it("leaves the resourceVersion alone when nothing changes", async () => {
    const first = await apply(configMap("same", { a: "1" }));
    const second = await apply(configMap("same", { a: "1" }));
    expect(second.object.metadata.resourceVersion).toBe(first.object.metadata.resourceVersion);
  });

  it("removes a field of ours that is applied no more, and keeps what others own", async () => {
    await apply(configMap("shared", { a: "1", b: "1" }));
    await apply(configMap("shared", { c: "1" }), { fieldManager: "other", force: true });
    await apply(configMap("shared", { a: "1" }));
    expect((await live("shared")).data).toEqual({ a: "1", c: "1" });
  });

  it("takes a field over by force and answers with a conflict without (F-16)", async () => {
    await apply(configMap("contested", { a: "1" }), { fieldManager: "other", force: true });
    expect(await cluster.apply(configMap("contested", { a: "2" }), { fieldManager: "fairlead", force: false })).toMatchObject({
      state: "conflict",
    });
    const { object } = await apply(configMap("contested", { a: "2" }));
    expect(object.metadata.managedFields?.map(({ manager }) => manager)).toEqual(["fairlead"]);
  });

  it("changes nothing in a dry run and says what it would become", async () => {
    await apply(configMap("dry", { a: "1" }));
    expect(await apply(configMap("dry", { a: "2" }), { ...ours, dryRun: true })).toMatchObject({
      object: { data: { a: "2" } },
    });
    expect((await live("dry")).data).toEqual({ a: "1" });
    await apply(configMap("never", { a: "1" }), { ...ours, dryRun: true });
    expect(await cluster.get(at("never"))).toEqual({ state: "absent" });
  });

  it("refuses an update whose resourceVersion is not the live one", async () => {
    const { object } = await apply(configMap("moved", { a: "1" }));
    const { uid = "", resourceVersion = "" } = object.metadata;
    await apply(configMap("moved", { a: "2" }));
    expect(await cluster.apply(configMap("moved", { a: "3" }, { uid, resourceVersion }), ours)).toMatchObject({ state: "conflict" });
    expect((await live("moved")).data).toEqual({ a: "2" });
  });

  it("refuses an update of an object that was deleted, and of one that was created again", async () => {
    const { object } = await apply(configMap("reborn", { a: "1" }));
    const uid = object.metadata.uid ?? "";
    await cluster.delete(at("reborn"), { uid, propagation: "Background" });
    expect(await cluster.apply(configMap("reborn", { a: "2" }, { uid }), ours)).toMatchObject({ state: "conflict" });
    await apply(configMap("reborn", { a: "3" }));
    expect(await cluster.apply(configMap("reborn", { a: "4" }, { uid }), ours)).toMatchObject({ state: "conflict" });
    expect((await live("reborn")).data).toEqual({ a: "3" });
  });

  it("says absent for an object, a namespace and a kind that are not there", async () => {
    expect(await cluster.get(at("nobody"))).toEqual({ state: "absent" });
    expect(await cluster.get(at("nobody", "nowhere"))).toEqual({ state: "absent" });
    expect(await cluster.get({ apiVersion: "example.org/v1", kind: "Nothing", namespace: "contract", name: "x" })).toEqual({
      state: "absent",
    });
    expect(await cluster.list({ apiVersion: "example.org/v1", kind: "Nothing" })).toEqual({ state: "absent" });
  });

  it("refuses an object without a place to go, in the server's words", async () => {
    expect(await cluster.apply(configMap("x", {}, { namespace: "nowhere" }), ours)).toMatchObject({
      state: "refused",
      reason: "NotFound",
      message: expect.stringContaining("nowhere"),
    });
    const foreign: Manifest = { apiVersion: "example.org/v1", kind: "Nothing", metadata: { name: "x", ...inTests } };
    expect(await cluster.apply(foreign, ours)).toMatchObject({
      state: "refused",
      reason: "NotFound",
      message: expect.stringContaining("Nothing"),
    });
    const nowhere: Manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" } };
    expect(await cluster.apply(nowhere, ours)).toMatchObject({ state: "refused", reason: "Invalid" });
  });

  it("lists a kind in one namespace or in all, and by label", async () => {
    const labelled = { ...configMap("listed", { a: "1" }), metadata: { name: "listed", ...inTests, labels: { team: "red" } } };
    await apply(labelled);
    await apply(configMap("elsewhere", {}, { namespace: "default" }));
    const names = async (query: { namespace?: string; labelSelector?: string }): Promise<readonly string[]> => {
      const answer = await cluster.list({ apiVersion: "v1", kind: "ConfigMap", ...query });
      return answer.state === "listed" ? answer.objects.map(({ metadata }) => metadata.name) : [];
    };
    expect(await names({ namespace: "contract" })).toContain("listed");
    expect(await names({ namespace: "contract" })).not.toContain("elsewhere");
    expect(await names({})).toEqual(expect.arrayContaining(["listed", "elsewhere"]));
    expect(await names({ labelSelector: "team=red" })).toEqual(["listed"]);
  });

  it("lists by field, as Helm's release Secrets are left out", async () => {
    const secret = (name: string, type: string): Manifest => ({ apiVersion: "v1", kind: "Secret", metadata: { name, ...inTests }, type });
    await apply(secret("release", "helm.sh/release.v1"));
    await apply(secret("plain", "Opaque"));
    const answer = await cluster.list({
      apiVersion: "v1",
      kind: "Secret",
      namespace: "contract",
      fieldSelector: "type!=helm.sh/release.v1",
    });
    const names = answer.state === "listed" ? answer.objects.map(({ metadata }) => metadata.name) : [];
    expect(names).toContain("plain");
    expect(names).not.toContain("release");
  });

  it("takes from our entry what somebody changed or removed by hand, and names who changed it", async () => {
    await apply(configMap("edited", { changed: "1", removed: "1", kept: "1" }));
    await byHand("edited", { changed: "2", removed: null });
    const { metadata, data } = await live("edited");
    expect(data).toEqual({ changed: "2", kept: "1" });
    const owned = Object.fromEntries((metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [manager, fieldsV1]));
    expect(owned).toEqual({ fairlead: { "f:data": { "f:kept": {} } }, "kubectl-patch": { "f:data": { "f:changed": {} } } });
  });

  it("gives listed objects their apiVersion and kind", async () => {
    const answer = await cluster.list({ apiVersion: "v1", kind: "Namespace" });
    expect(answer.state === "listed" && answer.objects.every(({ apiVersion, kind }) => apiVersion === "v1" && kind === "Namespace")).toBe(
      true,
    );
  });

  it("deletes only the very object that was looked at", async () => {
    const { object } = await apply(configMap("doomed", { a: "1" }));
    const { uid = "", resourceVersion = "" } = object.metadata;
    const propagation = "Background";
    expect(await cluster.delete(at("doomed"), { uid: "another", propagation })).toMatchObject({ state: "conflict" });
    await apply(configMap("doomed", { a: "2" }));
    expect(await cluster.delete(at("doomed"), { uid, resourceVersion, propagation })).toMatchObject({ state: "conflict" });
    expect(await cluster.delete(at("doomed"), { uid, propagation })).toEqual({ state: "deleted" });
    expect(await cluster.delete(at("doomed"), { uid, propagation })).toEqual({ state: "absent" });
  });

  it("creates what is not there, replaces what was looked at, and nothing else", async () => {
    const made = await cluster.create(configMap("whole", { a: "1", b: "1" }), writer);
    expect(made).toMatchObject({ state: "applied", created: true });
    expect(await cluster.create(configMap("whole", { a: "2" }), writer)).toMatchObject({ state: "conflict" });
    const { resourceVersion = "" } = (await live("whole")).metadata;
    const replaced = await cluster.replace(configMap("whole", { a: "2" }, { resourceVersion }), writer);
    expect(replaced).toMatchObject({ state: "applied", created: false });
    expect((await live("whole")).data).toEqual({ a: "2" });
    expect(await cluster.replace(configMap("whole", { a: "3" }, { resourceVersion }), writer)).toMatchObject({ state: "conflict" });
  });

  it("patches the version that was looked at, and no other", async () => {
    const { object } = await apply(configMap("patched", { a: "1", b: "1" }));
    const { resourceVersion = "" } = object.metadata;
    const without = [{ op: "remove", path: "/data/b" } as const];
    const dry = await cluster.patch(at("patched"), without, { ...writer, resourceVersion, dryRun: true });
    expect(dry).toMatchObject({ state: "applied", object: { data: { a: "1" } } });
    expect((await live("patched")).data).toEqual({ a: "1", b: "1" });
    expect(await cluster.patch(at("patched"), without, { ...writer, resourceVersion })).toMatchObject({ state: "applied", created: false });
    expect((await live("patched")).data).toEqual({ a: "1" });
    const adding = [{ op: "add", path: "/data/c", value: "1" } as const];
    expect(await cluster.patch(at("patched"), adding, { ...writer, resourceVersion })).toMatchObject({ state: "conflict" });
    const now = (await live("patched")).metadata.resourceVersion ?? "";
    expect(await cluster.patch(at("patched"), without, { ...writer, resourceVersion: now })).toMatchObject({ state: "refused" });
    expect(await cluster.patch(at("nowhere"), without, { ...writer, resourceVersion })).toMatchObject({ reason: "NotFound" });
  });
});
