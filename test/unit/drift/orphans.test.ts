import { describe, expect, it } from "vitest";
import { orphanedResources } from "../../../shared/drift/orphaned-resources.ts";
import { orphansAmong } from "../../../shared/drift/orphans.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { formatKey } from "../../../shared/model/resource-key.ts";
import { writeProject } from "../../../shared/state/projects.ts";
import { scanned } from "../../support/drift-scanned.ts";
import { anApplication, configMap } from "../../support/sync-world.ts";

const object = (kind: string, name: string, metadata: Partial<Manifest["metadata"]> = {}, apiVersion = "v1"): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "production", uid: `uid-${name}`, ...metadata },
});
const named = (objects: readonly Manifest[], more: Partial<Parameters<typeof orphansAmong>[1]> = {}) =>
  orphansAmong(objects, { tracked: new Set(), applications: new Set(["web"]), ignore: [], ...more }).map(formatKey);

describe("an orphaned object", () => {
  it("is one that no Application owns, neither by its inventory nor by its own word", () => {
    const tracking = { annotations: { "argocd.argoproj.io/tracking-id": "web:/ConfigMap:production/told" } };
    const objects = [object("ConfigMap", "mine"), object("ConfigMap", "told", tracking), object("ConfigMap", "left")];
    expect(named(objects, { tracked: new Set(["/ConfigMap:production/mine"]) })).toEqual(["/ConfigMap:production/left"]);
    expect(named(objects, { applications: new Set() })).toHaveLength(3);
  });

  it("is not what belongs to another object, orphaned or not", () => {
    const owner = (uid: string) => ({ ownerReferences: [{ uid, kind: "ReplicaSet", name: "x" }] });
    const controlled = { ownerReferences: [{ uid: "elsewhere", controller: true }] };
    const objects = [
      object("ReplicaSet", "set", {}, "apps/v1"),
      object("Pod", "pod", owner("uid-set")),
      object("Pod", "other", controlled),
    ];
    expect(named(objects)).toEqual(["apps/ReplicaSet:production/set"]);
  });

  it("is nothing that every namespace has, or that only says what goes on", () => {
    expect(
      named([
        object("ServiceAccount", "default"),
        object("ConfigMap", "kube-root-ca.crt"),
        object("Service", "kubernetes", { namespace: "default" }),
        object("Event", "started"),
        object("Lease", "leader", {}, "coordination.k8s.io/v1"),
        object("EndpointSlice", "web-1", {}, "discovery.k8s.io/v1"),
        object("Secret", "default-token", { annotations: { "kubernetes.io/service-account.name": "default" } }),
      ]),
    ).toEqual([]);
  });

  it("is nothing that the project says to ignore", () => {
    const objects = [object("ConfigMap", "cache-1"), object("ConfigMap", "other"), object("Deployment", "cache-2", {}, "apps/v1")];
    expect(named(objects, { ignore: [{ group: "", kind: "", name: "cache-*" }] })).toEqual([
      "/ConfigMap:production/other",
      "apps/Deployment:production/cache-2",
    ]);
    expect(named(objects, { ignore: [{ group: "*", kind: "ConfigMap", name: "" }] })).toEqual(["apps/Deployment:production/cache-2"]);
  });
});

describe("looking for orphaned objects", () => {
  it("names what somebody left in the Application's namespaces, and asks for no values", async () => {
    const { cluster, driftWorld, table } = await scanned();
    const made = { fieldManager: "kubectl", force: true };
    for (const name of ["left", "cache"]) await cluster.apply(configMap(name, { a: "1" }, { namespace: "production" }), made);
    await cluster.apply(configMap("elsewhere", { a: "1" }, { namespace: "default" }), made);
    const find = () => orphanedResources(anApplication(), "harbor", driftWorld);
    expect((await find()).orphans.map(formatKey)).toEqual(["/ConfigMap:production/cache", "/ConfigMap:production/left"]);
    expect(await find()).toMatchObject({ namespaces: ["production"], unseen: [] });
    await writeProject(table, {
      name: "default",
      description: "",
      spec: { orphanedResources: { ignore: [{ kind: "ConfigMap", name: "cache" }] } },
    });
    expect((await find()).orphans.map(formatKey)).toEqual(["/ConfigMap:production/left"]);
  });
});
