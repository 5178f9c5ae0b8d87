import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const crd: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "boats.harbor.example" },
  spec: {
    group: "harbor.example",
    names: { kind: "Boat", plural: "boats" },
    scope: "Namespaced",
    versions: [{ name: "v1", served: true, storage: true }],
  },
  status: { conditions: [{ type: "Established", status: "True" }] },
};
const boat: Manifest = { apiVersion: "harbor.example/v1", kind: "Boat", metadata: { name: "dinghy" } };
const wave = (number: string) => ({ annotations: { "argocd.argoproj.io/sync-wave": number } });
const applies = (calls: readonly string[]) => calls.filter((call) => call.startsWith("apply ")).map((call) => call.slice("apply ".length));

describe("the order of a sync", () => {
  it("is namespaces and CRDs first, then kinds, however the manifests come", async () => {
    const { declare, commit, settle, cluster } = syncWorld();
    await declare(anApplication({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: [] } }));
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "production" } };
    await commit("web", [boat, configMap("settings"), crd, namespace]);
    await settle();
    expect(applies(cluster.calls)).toEqual([
      "Namespace production",
      "CustomResourceDefinition boats.harbor.example",
      "ConfigMap production/settings",
      "Boat production/dinghy",
    ]);
  });

  it("is by wave before it is by kind, negative waves first", async () => {
    const { declare, commit, settle, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("b", {}, wave("1")), configMap("c"), configMap("a", {}, wave("-5"))]);
    await settle();
    expect(applies(cluster.calls).slice(-3)).toEqual(["ConfigMap production/a", "ConfigMap production/c", "ConfigMap production/b"]);
  });

  it("refuses a wave that is no number, by the object's name", async () => {
    const { declare, commit, sync, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("a", {}, wave("first"))]);
    await sync();
    expect((await state()).reason).toBe(
      'ConfigMap production/a: annotation argocd.argoproj.io/sync-wave is "first"; write an integer such as "1"',
    );
  });
});

describe("CreateNamespace", () => {
  it("makes the namespace with its managed labels, and does not own it", async () => {
    const { declare, commit, sync, live, table } = syncWorld();
    const automated = { prune: true, selfHeal: true, allowEmpty: false };
    await declare(
      anApplication({
        syncPolicy: { automated, syncOptions: ["CreateNamespace=true"], managedNamespaceMetadata: { labels: { team: "harbor" } } },
      }),
    );
    await commit("web", [configMap("settings")]);
    await sync();
    expect(live("production", "Namespace")).toMatchObject({ metadata: { labels: { team: "harbor" } } });
    expect(live("production", "Namespace")?.metadata).not.toHaveProperty("annotations");
    expect(JSON.stringify(await table.get({ pk: "app#web", sk: "inventory" }))).not.toContain("Namespace");
  });

  it("is what a sync advises where the namespace is missing", async () => {
    const { declare, commit, sync, state } = syncWorld({
      refuse: ({ metadata }) => ({ reason: "NotFound", message: `namespaces "${metadata.namespace}" not found` }),
    });
    await declare(anApplication({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: [] } }));
    await commit("web", [configMap("settings")]);
    await sync();
    expect((await state()).reason).toContain("set CreateNamespace=true");
  });
});

describe("a cluster that goes away in the middle of a sync", () => {
  it("leaves a record of what was done, and the sync goes on where it was", async () => {
    let down = true;
    const { declare, commit, sync, state, history, live, pass } = syncWorld({
      before: (call) => {
        if (down && call.startsWith("apply ConfigMap production/second"))
          throw new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached: connection reset.");
      },
    });
    await declare(anApplication());
    await commit("web", [configMap("first"), configMap("second", {}, wave("1"))]);
    expect(await sync()).toMatchObject({ done: false, seconds: 2 });
    pass(2_000);
    expect(await sync()).toMatchObject({ done: false, seconds: 5 });
    expect((await history())[0]).toMatchObject({
      kind: "failed",
      counts: { created: 1 },
      reason: expect.stringContaining("cannot be reached"),
    });
    down = false;
    pass(5_000);
    await sync();
    expect(live("second")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await state()).not.toHaveProperty("retryAt");
  });

  it("is never given up: it is looked at again, every minute at most, until it is back", async () => {
    const gone = new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached: connection refused.");
    const { declare, commit, sync, pass } = syncWorld({ clusters: { connect: () => Promise.reject(gone) } });
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    const delays: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const next = await sync();
      delays.push(next.done ? 0 : next.seconds);
      pass((next.done ? 0 : next.seconds) * 1000);
    }
    expect(delays).toEqual([5, 10, 20, 45, 45, 45, 45, 45]);
  });
});
