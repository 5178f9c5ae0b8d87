import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desiredForm } from "../../shared/diff/desired-form.ts";
import { differencesBetween } from "../../shared/diff/field-changes.ts";
import { fieldManager } from "../../shared/diff/field-manager.ts";
import { fingerprintOf } from "../../shared/diff/fingerprint.ts";
import { predictApply } from "../../shared/diff/prediction.ts";
import { tracked } from "../../shared/diff/tracking.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { newNamespace, type TestControlPlane } from "../support/control-plane.ts";
import { pairs } from "./generated-manifests.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const fingerprint = (object: Manifest) => fingerprintOf(object, { fieldManager, key: "a key of the tests" });
let made = 0;

describe("generated objects", () => {
  it("are in sync after their apply, in whichever of two ways their manifest is written", async () => {
    const namespace = await newNamespace(controlPlane, "generated");
    await fc.assert(
      fc.asyncProperty(pairs, async ({ one, other }) => {
        const name = `object-${made++}`;
        const [first, second] = [one, other].map((each) =>
          tracked(desiredForm({ ...each, metadata: { ...each.metadata, name, namespace } }), "web"),
        );
        if (!first || !second) throw new Error("no pair");
        const answer = await cluster.apply(first, { fieldManager, force: true });
        // What the server would not have is no object to compare.
        fc.pre(answer.state === "applied");
        if (answer.state !== "applied") return;
        const at = { apiVersion: first.apiVersion, kind: first.kind, namespace, name };
        const found = await cluster.get(at);
        if (found.state !== "found") throw new Error(found.state);
        expect(fingerprint(found.object)).toBe(fingerprint(answer.object));
        for (const manifest of [first, second]) {
          const prediction = await predictApply(cluster, manifest, found.object);
          if (prediction.state !== "predicted") throw new Error(JSON.stringify(prediction));
          const { predicted, live } = prediction;
          expect(differencesBetween(predicted, live, { fieldManager, includeMutationWebhook: true })).toEqual([]);
        }
      }),
      { numRuns: 120, maxSkipsPerRun: 2 },
    );
  });
});
