import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desiredForm } from "../../shared/diff/desired-form.ts";
import { differencesBetween } from "../../shared/diff/field-changes.ts";
import { fingerprintOf } from "../../shared/diff/fingerprint.ts";
import { applyEntryOf } from "../../shared/diff/managed-fields.ts";
import { predictApply } from "../../shared/diff/prediction.ts";
import { stillStands } from "../../shared/diff/stands.ts";
import type { InventoryEntry } from "../../shared/model/inventory.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { FieldChange } from "../../shared/model/operation.ts";
import { keyOf } from "../../shared/model/resource-key.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, newNamespace, type TestControlPlane, waitFor } from "../support/control-plane.ts";

const fieldManager = "fairlead";
const fingerprint = (object: Manifest) => fingerprintOf(object, { fieldManager, key: "a key of the tests" });
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const deployment: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web", tier: "front" } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "registry.example/web:1", resources: { requests: { cpu: "1000m" } } }] },
    },
  },
};
const configMap: Manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { only: "1" } };

/** Applies a manifest of ours in a namespace of its own, and looks at it again as a scan does. */
const applied = async (template: Manifest) => {
  const namespace = await newNamespace(controlPlane, "fields");
  const manifest: Manifest = desiredForm({ ...template, metadata: { ...template.metadata, namespace } });
  const { apiVersion, kind } = manifest;
  const send = async (dryRun: boolean): Promise<Manifest> => {
    const answer = await cluster.apply(manifest, { fieldManager, force: true, dryRun });
    if (answer.state !== "applied") throw new Error(answer.message);
    return answer.object;
  };
  const { metadata, ...rest } = await send(false);
  const entry: InventoryEntry = {
    key: keyOf(manifest),
    apiVersion,
    uid: metadata.uid ?? "",
    resourceVersion: metadata.resourceVersion ?? "",
    fingerprint: fingerprint({ ...rest, apiVersion, kind, metadata }),
  };
  const live = async (): Promise<Manifest> => {
    const answer = await cluster.list({ apiVersion, kind, namespace });
    const [object] = answer.state === "listed" ? answer.objects.filter(({ metadata }) => metadata.name === "web") : [];
    if (!object) throw new Error("web is gone");
    return object;
  };
  const atOnce = async () => {
    const prediction = await predictApply(cluster, manifest, await live());
    if (prediction.state !== "predicted") throw new Error(prediction.state);
    return prediction;
  };
  return {
    namespace,
    byHand: (...args: readonly string[]) => kubectl(controlPlane, ["-n", namespace, ...args]),
    stands: async () => stillStands(entry, await live(), fingerprint),
    differences: async (): Promise<readonly FieldChange[]> => {
      const { predicted, live } = await atOnce();
      return differencesBetween(predicted, live, { fieldManager });
    },
    isOurs: async () => applyEntryOf(await live(), fieldManager) !== undefined,
    heal: () => send(false),
  };
};

describe("what the server records about who changed what", () => {
  it("names kubectl, without a time, after kubectl scale", async () => {
    const { byHand, stands, differences } = await applied(deployment);
    await byHand("scale", "deployment/web", "--replicas=5");
    expect(await stands()).toBe(false);
    expect(await differences()).toEqual([{ path: "spec.replicas", desired: "2", live: "5", manager: "kubectl" }]);
  });

  it("names kubectl-set and the time after kubectl set image", async () => {
    const { byHand, stands, differences } = await applied(deployment);
    await byHand("set", "image", "deployment/web", "web=registry.example/web:2");
    expect(await stands()).toBe(false);
    expect(await differences()).toEqual([
      {
        path: "spec.template.spec.containers[name=web].image",
        desired: '"registry.example/web:1"',
        live: '"registry.example/web:2"',
        manager: "kubectl-set",
        time: isoTime,
      },
    ]);
  });

  it("notices a variable that kubectl set env added, which an apply of ours leaves", async () => {
    const { byHand, stands, differences, isOurs } = await applied(deployment);
    await byHand("set", "env", "deployment/web", "DEBUG=1");
    expect(await stands()).toBe(false);
    expect(await differences()).toEqual([]);
    expect(await isOurs()).toBe(true);
  });

  it("names nobody after kubectl removed a label", async () => {
    const { byHand, stands, differences } = await applied(deployment);
    await byHand("label", "deployment/web", "tier-");
    expect(await stands()).toBe(false);
    expect(await differences()).toEqual([{ path: "metadata.labels.tier", desired: '"front"' }]);
  });

  it("sees nothing after a patch to the value that is there already", async () => {
    const { byHand, stands } = await applied(deployment);
    await byHand("patch", "deployment/web", "-p", '{"spec":{"replicas":2}}');
    expect(await stands()).toBe(true);
  });

  it("sees a patch that removed our only field and with it our entry", async () => {
    const { byHand, stands, differences } = await applied(configMap);
    await byHand("patch", "configmap/web", "--type=json", "-p", '[{"op":"remove","path":"/data/only"}]');
    expect(await stands()).toBe(false);
    expect(await differences()).toEqual([{ path: "data.only", desired: '"1"' }]);
  });

  it("finds no field moved when managedFields were wiped, and that they are ours no more", async () => {
    const { byHand, stands, differences, isOurs, heal } = await applied(deployment);
    await byHand("patch", "deployment/web", "--type=merge", "-p", '{"metadata":{"managedFields":[{}]}}');
    expect(await stands()).toBe(false);
    expect(await differences()).toEqual([]);
    expect(await isOurs()).toBe(false);
    await heal();
    expect(await isOurs()).toBe(true);
  });

  it("does not mistake defaults, status and annotations of controllers for drift", async () => {
    const { namespace, stands } = await applied(deployment);
    await waitFor(controlPlane, namespace, "deployment/web", "condition=Available");
    expect(await stands()).toBe(true);
  });

  it("does not mistake cpu 1000m, which comes back as 1, for drift", async () => {
    const { differences } = await applied(deployment);
    expect(await differences()).toEqual([]);
  });

  it("is back as it was after our forced apply", async () => {
    const { byHand, stands, heal, differences } = await applied(deployment);
    await byHand("set", "image", "deployment/web", "web=registry.example/web:2");
    await byHand("scale", "deployment/web", "--replicas=5");
    await heal();
    expect(await stands()).toBe(true);
    expect(await differences()).toEqual([]);
  });
});

describe("fields that moved, on a real server", () => {
  it("names a container that was added to our list by hand when it takes a key of ours, and one of ours that was removed", async () => {
    const { byHand, differences } = await applied(deployment);
    const sidecar =
      '[{"op":"replace","path":"/spec/template/spec/containers","value":[{"name":"side","image":"registry.example/side:1"}]}]';
    await byHand("patch", "deployment/web", "--type=json", "-p", sidecar);
    expect((await differences()).map(({ path }) => path)).toEqual(["spec.template.spec.containers[name=web]"]);
  });

  it("sees a Secret's value move and shows neither the old nor the new one (S-01)", async () => {
    const { byHand, stands, differences } = await applied({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web" },
      stringData: { password: "hunter2", user: "admin" },
    });
    await byHand("patch", "secret/web", "-p", '{"stringData":{"password":"correct horse"}}');
    expect(await stands()).toBe(false);
    const changes = await differences();
    expect(changes).toEqual([
      { path: "data.password", desired: '"<hidden 1>"', live: '"<hidden 3>"', manager: "kubectl-patch", time: isoTime },
    ]);
  });

  it("compares an object that was deleted and created again by hand as new", async () => {
    const { byHand, stands } = await applied(configMap);
    await byHand("delete", "configmap/web");
    await byHand("create", "configmap", "web", "--from-literal=only=1");
    expect(await stands()).toBe(false);
  });
});
