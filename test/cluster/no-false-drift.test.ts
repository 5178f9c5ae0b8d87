import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boundToAbsence } from "../../shared/diff/bound.ts";
import { desiredForm } from "../../shared/diff/desired-form.ts";
import { differencesBetween } from "../../shared/diff/field-changes.ts";
import { fieldManager } from "../../shared/diff/field-manager.ts";
import { fingerprintOf } from "../../shared/diff/fingerprint.ts";
import { ignoring } from "../../shared/diff/ignore-rules.ts";
import { predictApply } from "../../shared/diff/prediction.ts";
import { stillStands } from "../../shared/diff/stands.ts";
import { tracked } from "../../shared/diff/tracking.ts";
import { noCustomizations } from "../../shared/model/customizations.ts";
import type { InventoryEntry } from "../../shared/model/inventory.ts";
import { isJsonObject } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { describeKey, keyOf } from "../../shared/model/resource-key.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { parseManifests } from "../../shared/render/manifests.ts";
import { plainJq } from "../fakes/plain-jq.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, newNamespace, type TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
let namespace: string;
const id = randomBytes(3).toString("hex");

interface Kept {
  readonly manifest: Manifest;
  readonly entry: InventoryEntry;
}
const kept: Kept[] = [];

const ignored = ignoring({ application: { name: "every", ignoreDifferences: [] }, customizations: noCustomizations, jq: plainJq() });
const fingerprint = (object: Manifest) => fingerprintOf(object, { fieldManager, key: "a key of the tests", ignored: ignored(object) });

/** As people wrote them, with namespace and names of this run. */
const manifestsOf = async (file: string): Promise<readonly Manifest[]> => {
  const text = await readFile(join(import.meta.dirname, file), "utf8");
  return parseManifests(text.replaceAll(/\bNS\b/g, namespace).replaceAll("RUN", id), file).manifests;
};

/** Applies it as a sync does, and keeps what a sync keeps. */
const apply = async (template: Manifest): Promise<Kept> => {
  const manifest = tracked(desiredForm(template), "every");
  const answer = await cluster.apply(boundToAbsence(manifest), { fieldManager, force: true });
  if (answer.state !== "applied") throw new Error(`${describeKey(keyOf(manifest))}: ${answer.message}`);
  const { uid = "", resourceVersion = "" } = answer.object.metadata;
  const key = keyOf(manifest);
  return { manifest, entry: { key, apiVersion: manifest.apiVersion, uid, resourceVersion, fingerprint: fingerprint(answer.object) } };
};

const look = async ({ entry }: Kept): Promise<Manifest> => {
  const { apiVersion, key } = entry;
  const answer = await cluster.get({ ...key, apiVersion });
  if (answer.state !== "found") throw new Error(`${describeKey(key)}: ${answer.state}`);
  return answer.object;
};

/** What controllers write when they have done their work, as kubectl's jsonpath names it, and the value (`*`: any). */
const settled: readonly (readonly [string, string, string])[] = [
  ["deployment/web", "{.status.availableReplicas}", "2"],
  ["statefulset/store", "{.status.currentReplicas}", "*"],
  ["daemonset/agent", "{.status.observedGeneration}", "1"],
  ["replicaset/few", "{.status.availableReplicas}", "1"],
  ["replicationcontroller/old", "{.status.availableReplicas}", "1"],
  ["pod/alone", "{.status.phase}", "Running"],
  ["job/once", "{.status.succeeded}", "1"],
  ["hpa/old", "{.status.conditions}", "*"],
  ["hpa/few", "{.status.conditions}", "*"],
  ["pdb/web", "{.status.observedGeneration}", "1"],
  ["resourcequota/quota", "{.status.hard}", "*"],
  ["pvc/data", "{.status.phase}", "Bound"],
  ["clusterrole/every-whole-RUN", "{.rules}", "*"],
  ["crd/things.eRUN.example.org", "{.status.conditions}", "*"],
  ["flowschema/every-RUN", "{.status.conditions}", "*"],
  ["apiservice/v1.eRUN.example.net", "{.status.conditions}", "*"],
  ["networkpolicy/web", "{.metadata.uid}", "*"],
];

beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
  namespace = await newNamespace(controlPlane, "every");
  const refused: unknown[] = [];
  for (const manifest of await manifestsOf("every-kind.yaml"))
    await apply(manifest).then(
      (each) => kept.push(each),
      (error) => refused.push(error),
    );
  expect(refused).toEqual([]);
  for (const manifest of await manifestsOf("custom-kinds.yaml"))
    kept.push(
      await eventually(`${manifest.kind} is served`, async () => {
        await cluster.discover({ fresh: true });
        return apply(manifest);
      }),
    );
  for (const [object, path, value] of settled) {
    await eventually(`${object} ${path}`, async () => {
      const now = await kubectl(controlPlane, ["-n", namespace, "get", object.replaceAll("RUN", id), "-o", `jsonpath=${path}`]);
      return value === "*" ? now !== "" : now === value;
    });
  }
});
afterAll(async () => {
  const all = kept.filter(({ entry }) => entry.key.namespace === "").toReversed();
  for (const { manifest, entry } of all)
    await cluster.delete({ ...entry.key, apiVersion: manifest.apiVersion }, { uid: entry.uid ?? "", propagation: "Background" });
  await cluster.close();
});

describe("objects that nobody touched but controllers", () => {
  it("are of every kind that this server keeps", async () => {
    const { kinds } = await cluster.discover();
    const keeps = kinds.filter(
      ({ verbs, apiVersion }) => verbs.includes("patch") && verbs.includes("list") && !apiVersion.includes("example"),
    );
    const had = new Set(kept.map(({ manifest }) => `${manifest.apiVersion}/${manifest.kind}`));
    expect(keeps.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`).filter((kind) => !had.has(kind))).toEqual([]);
  });

  it("were written to by controllers since, in many kinds", async () => {
    const now = await Promise.all(kept.map(look));
    const written = kept.filter(({ entry }, at) => entry.resourceVersion !== now[at]?.metadata.resourceVersion);
    expect(written.length).toBeGreaterThan(20);
    expect(now.some(({ rules, aggregationRule }) => isJsonObject(aggregationRule) && Array.isArray(rules) && rules.length === 2)).toBe(
      true,
    );
  });

  it("still stand by their fingerprints: nothing has to be asked about them", async () => {
    const now = await Promise.all(kept.map(look));
    const moved = kept.filter(({ entry }, at) => !stillStands(entry, now[at] ?? ({} as never), fingerprint));
    expect(moved.map(({ entry }) => describeKey(entry.key))).toEqual([]);
  });

  it("differ in nothing from what an apply would make of them", async () => {
    const differing = await Promise.all(
      kept.map(async (each) => {
        const prediction = await predictApply(cluster, each.manifest, await look(each));
        const name = describeKey(each.entry.key);
        if (prediction.state !== "predicted") return [`${name}: ${JSON.stringify(prediction)}`];
        const { predicted, live } = prediction;
        return differencesBetween(predicted, live, { fieldManager, ignored, includeMutationWebhook: true }).map(
          ({ path, desired, live: is }) => `${name}: ${path} is ${is} instead of ${desired}`,
        );
      }),
    );
    expect(differing.flat()).toEqual([]);
  });
});
