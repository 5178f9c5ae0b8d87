import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import type { FakeClusterOptions } from "../../../fakes/fake-cluster.ts";
import { anApplication, configMap, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });

/** The admission of this cluster has this to say about objects of these names. */
const admission =
  (words: Readonly<Record<string, string>>, reason = "Forbidden"): FakeClusterOptions["refuse"] =>
  ({ metadata }) => {
    const message = words[metadata.name];
    return message === undefined ? undefined : { reason, message };
  };

const synced = async (manifests: readonly Manifest[], refuse: FakeClusterOptions["refuse"], syncOptions: readonly string[] = []) => {
  const world = syncWorld({ ...(refuse && { refuse }) });
  await world.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "production" } }, { fieldManager: "x", force: true });
  await world.declare(anApplication({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions } }));
  await world.commit("web", manifests);
  await world.sync();
  return { ...world, names: () => world.cluster.objects().flatMap(({ kind, metadata }) => (kind === "Namespace" ? [] : [metadata.name])) };
};

describe("the dry run of the whole plan", () => {
  it("keeps everything back when one object would be refused, in whatever wave or phase it stands", async () => {
    for (const place of [{}, hook("PostSync"), hook("SyncFail"), { annotations: { "argocd.argoproj.io/sync-wave": "9" } }]) {
      const { state, names } = await synced([configMap("good"), job("bad", place)], admission({ bad: "policy teams says no" }));
      expect(await state()).toMatchObject({ phase: "Failed", reason: "Job production/bad: policy teams says no; nothing was changed" });
      expect(names()).toEqual([]);
    }
  });

  it("counts an admission webhook that does not support dry runs as not checked, never as a denial", async () => {
    let dryRuns = 0;
    const world = syncWorld({
      before: (call) => {
        if (call.startsWith("dry-run")) dryRuns++;
      },
      refuse: ({ metadata }) =>
        metadata.name === "odd" && dryRuns < 3
          ? { reason: "BadRequest", message: 'admission webhook "billing.example" does not support dry run' }
          : undefined,
    });
    await world.declare(anApplication());
    await world.commit("web", [configMap("good"), configMap("fine"), configMap("odd")]);
    await world.sync();
    expect(dryRuns).toBe(3);
    expect(await world.state()).toMatchObject({ phase: "Succeeded" });
  });

  it("does not hold against an object that it misses what this very sync brings", async () => {
    const words = { web: 'pods "web" is forbidden: error looking up service account production/runner: serviceaccount "runner" not found' };
    const pod: Manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" } };
    const account: Manifest = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "runner" } };
    const priorities = { high: 'pods "high" is forbidden: no PriorityClass with name urgent was found' };
    expect(await (await synced([pod, account], admission(words))).names()).toContain("runner");
    expect(await (await synced([configMap("high"), configMap("urgent")], admission(priorities))).names()).toContain("urgent");
    const { state } = await synced([pod, configMap("other")], admission(words));
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("nothing was changed") });
  });

  it("held what the server knew of a kind against a commit that changes its CRD: only what admission denies stands", async () => {
    const crd = (more: object): Manifest => ({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "boats.harbor.example" },
      spec: { group: "harbor.example", names: { kind: "Boat", plural: "boats" }, scope: "Namespaced", versions: [{ name: "v1" }], ...more },
      status: { conditions: [{ type: "Established", status: "True" }] },
    });
    const boat: Manifest = { apiVersion: "harbor.example/v1", kind: "Boat", metadata: { name: "boat" } };
    const words = { boat: ".spec.sail: field not declared in schema" };
    const { commit, settle, state } = await synced([crd({}), configMap("settings")], admission(words, "Invalid"));
    await commit("web", [crd({ conversion: { strategy: "None" } }), boat, configMap("settings", { v: "2" })]);
    await settle();
    expect((await state()).reason).toBe("Boat production/boat: .spec.sail: field not declared in schema");
    words.boat = 'admission webhook "paint" denied the request: no red boats';
    await commit("web", [crd({ preserveUnknownFields: true }), boat, configMap("settings", { v: "3" })]);
    await settle();
    expect((await state()).reason).toContain("no red boats; nothing was changed");
  });

  it("held against an object what one that goes before it still holds, such as a host name or a place in a quota", async () => {
    for (const words of ['host "a.example" is already defined in ingress production/old', "exceeded quota: few"]) {
      const taken: FakeClusterOptions["refuse"] = ({ metadata }) =>
        metadata.name === "new" && world.live("old") ? { reason: "Forbidden", message: words } : undefined;
      const world = await synced([configMap("old"), configMap("settings")], (manifest) => taken(manifest));
      await world.commit("web", [configMap("new"), configMap("settings", { v: "2" })]);
      await world.settle();
      expect(await world.state()).toMatchObject({ phase: "Succeeded" });
      expect(world.names().toSorted()).toEqual(["new", "settings"]);
    }
  });

  it("is left out for a single write, whose own answer says it all", async () => {
    const { cluster } = await synced([configMap("only")], undefined);
    expect(cluster.calls.filter((call) => call.startsWith("dry-run"))).toEqual([]);
  });

  it("is left out with PreflightDryRun=false: what can be applied is", async () => {
    const { names, state } = await synced([configMap("good"), job("bad")], admission({ bad: "no" }), ["PreflightDryRun=false"]);
    expect(names()).toEqual(["good"]);
    expect(await state()).toMatchObject({ phase: "Failed" });
  });

  it("is done once an operation, not once a step", async () => {
    const { cluster, pass, sync } = await synced(
      [configMap("first"), configMap("second", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })],
      undefined,
    );
    pass(2_000);
    await sync();
    expect(cluster.calls.filter((call) => call.startsWith("dry-run"))).toHaveLength(2);
  });
});
