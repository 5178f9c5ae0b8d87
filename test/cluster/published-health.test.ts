/**
 * The published custom resources, applied as they are on a real server with CRDs of their kinds and without any controller; then with the
 * statuses that their controllers would write, written by hand.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import { healthOf } from "../../shared/health/health.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import type { HealthStatus } from "../../shared/model/operation.ts";
import { groupOf } from "../../shared/model/resource-key.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { openCrd, published } from "../support/material.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  controlPlane = await testControlPlane("custom-health");
  const { name, server, ca, token } = controlPlane;
  cluster = openCluster({ name, server: new URL(server), ca, allowLoopback: true }, { token: async () => token });
  namespace = await newNamespace(controlPlane, "published");
  const crds = [
    openCrd("argoproj.io", "v1alpha1", "Rollout", "rollouts"),
    openCrd("bitnami.com", "v1alpha1", "SealedSecret", "sealedsecrets"),
    openCrd("external-secrets.io", "v1alpha1", "ExternalSecret", "externalsecrets"),
  ];
  await kubectl(controlPlane, ["apply", "-f", "-"], crds.join("\n---\n"));
  await kubectl(controlPlane, ["wait", "--for=condition=Established", "--timeout=30s", ...plurals.map((plural) => `crd/${plural}`)]);
  for (const file of ["rollout-canary", "sealed-secret", "external-secret"]) {
    const text = (await published(`verbatim/manifests/${file}.yaml`)).replace("namespace: app", `namespace: ${namespace}`);
    await kubectl(controlPlane, ["-n", namespace, "apply", "-f", "-"], text);
  }
});
afterAll(() => cluster?.close());

const plurals = ["rollouts.argoproj.io", "sealedsecrets.bitnami.com", "externalsecrets.external-secrets.io"];

type State = readonly [state: string, status: (generation: number) => JsonObject, expected: HealthStatus, message?: string];

const phase = (name: string, message?: string) => (generation: number) => ({
  observedGeneration: String(generation),
  phase: name,
  message,
});
const synced = (status: string, message?: string) => (generation: number) => ({
  observedGeneration: generation,
  conditions: [{ type: "Synced", status, message }],
});
const ready = (status: string, reason: string, message?: string) => () => ({ conditions: [{ type: "Ready", status, reason, message }] });

interface Resource {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly states: readonly State[];
}

const resources: readonly Resource[] = [
  {
    file: "rollout-canary",
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    name: "web-app",
    states: [
      ["progressing", phase("Progressing", "more replicas need to be updated"), "Progressing", "more replicas need to be updated"],
      ["paused at its second step", phase("Paused", "CanaryPauseStep"), "Suspended", "CanaryPauseStep"],
      ["aborted", phase("Degraded", "RolloutAborted"), "Degraded", "RolloutAborted"],
      ["healthy", phase("Healthy"), "Healthy"],
      ["healthy before its last change", (generation) => phase("Healthy")(generation - 1), "Progressing"],
    ],
  },
  {
    file: "sealed-secret",
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    name: "database-credentials",
    states: [
      ["unsealed", synced("True"), "Healthy"],
      ["sealed for another cluster", synced("False", "no key could decrypt secret"), "Degraded", "no key could decrypt secret"],
      ["unsealed before its last change", (generation) => synced("True")(generation - 1), "Progressing"],
    ],
  },
  {
    file: "external-secret",
    apiVersion: "external-secrets.io/v1alpha1",
    kind: "ExternalSecret",
    name: "database-credentials",
    states: [
      ["synced", ready("True", "SecretSynced", "Secret was synced"), "Healthy"],
      ["refused by its store", ready("False", "SecretSyncedError", "access denied"), "Degraded", "access denied"],
      ["not yet tried", ready("Unknown", "Pending"), "Progressing", "Pending"],
    ],
  },
];

for (const { file, apiVersion, kind, name, states } of resources) {
  describe(`the published ${file}`, () => {
    const live = async () => {
      const found = await cluster.get({ apiVersion, kind, namespace, name });
      if (found.state !== "found") throw new Error(`${kind} ${name} is ${found.state}`);
      return found.object;
    };

    it("is Progressing where no controller runs", async () => {
      expect(healthOf(await live())?.status).toBe("Progressing");
    });

    for (const [state, status, expected, message] of states) {
      it(`is ${expected} when ${state}`, async () => {
        const { generation = 0 } = (await live()).metadata;
        const patch = JSON.stringify([{ op: "add", path: "/status", value: status(generation) }]);
        const object = `${kind.toLowerCase()}.${groupOf(apiVersion)}/${name}`;
        await kubectl(controlPlane, ["-n", namespace, "patch", object, "--subresource=status", "--type=json", "-p", patch]);
        const health = healthOf(await live());
        expect(health?.status).toBe(expected);
        if (message !== undefined) expect(health?.message).toBe(message);
      });
    }
  });
}
