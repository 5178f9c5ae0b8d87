import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod/mini";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, type TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const Ports = z.object({ etcdClient: z.number() });

/** Writes an object where the API server keeps it, past what it checks today. */
const store = async (key: string, object: object): Promise<void> => {
  const { etcdClient } = z.parse(Ports, JSON.parse(await readFile(join(dirname(controlPlane.kubeconfig), "ports.json"), "utf8")));
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const answer = await fetch(`http://127.0.0.1:${etcdClient}/v3/kv/put`, {
    method: "POST",
    body: JSON.stringify({ key: base64(key), value: base64(JSON.stringify(object)) }),
  });
  expect(answer.status).toBe(200);
};

/** Of one namespace, and at an address where nobody answers: a real write passes. */
const webhook = (name: string, sideEffects: string) => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name },
  webhooks: [
    {
      name: "billing.test.example",
      clientConfig: { url: "https://127.0.0.1:1/billing" },
      rules: [{ operations: ["CREATE", "UPDATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"], scope: "*" }],
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
      objectSelector: {},
      matchPolicy: "Equivalent",
      admissionReviewVersions: ["v1"],
      sideEffects,
      timeoutSeconds: 2,
      failurePolicy: "Ignore",
    },
  ],
});

it("an admission webhook that does not support dry runs means not checked, never denied; a cluster has one from before v1 refused them", async () => {
  const { namespace, declare, application, commit, ended, names, tried } = await realSyncWorld(controlPlane, cluster);
  const file = (sideEffects: string) => JSON.stringify(webhook(namespace, sideEffects));
  for (const sideEffects of ["Unknown", "Some"])
    await expect(kubectl(controlPlane, ["create", "-f", "-"], file(sideEffects))).rejects.toThrow(/sideEffects: Unsupported value/);
  await kubectl(controlPlane, ["create", "-f", "-"], file("None"));
  try {
    const made: unknown = JSON.parse(await kubectl(controlPlane, ["get", "validatingwebhookconfiguration", namespace, "-o", "json"]));
    const { metadata } = z.parse(z.object({ metadata: z.looseObject({}) }), made);
    const { resourceVersion: _, managedFields: __, ...kept } = metadata;
    await store(`/registry/validatingwebhookconfigurations/${namespace}`, { ...webhook(namespace, "Unknown"), metadata: kept });
    const answers = () => cluster.apply(configMap("probe", {}, { namespace }), { fieldManager: "probe", force: true, dryRun: true });
    await eventually("the cluster has the webhook as it was stored", async () => {
      const answer = await answers();
      return answer.state === "refused" && answer.message.includes("does not support dry run");
    });
    await declare(application());
    await commit("web", [configMap("settings"), configMap("more")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(tried).toEqual(expect.arrayContaining(["apply ConfigMap settings", "apply ConfigMap more"]));
    expect(await names("configmaps")).toEqual(["configmap/more", "configmap/settings"]);
  } finally {
    await kubectl(controlPlane, ["delete", "validatingwebhookconfiguration", namespace]);
  }
});
