import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml } from "../support/declarations.ts";
import { control } from "../support/fleet.ts";
import { anything, type CrdName, crdYaml, filesOf } from "../support/material.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { failed, synced } from "../support/stack-reading.ts";

/**
 * The published custom resources on a cluster without their CRDs, and then with them: CRDs of ours, with the names, versions and the fields
 * that the published files use. No controller runs here; what their status deserves as health belongs to the engine's tests.
 */
const integer = { type: "integer", format: "int32" } as const;
const text = { type: "string" } as const;
const list = (properties: object) => ({ type: "array", items: { type: "object", properties } });
const object = (properties: object) => ({ type: "object", properties });

const rollout: CrdName = { group: "argoproj.io", version: "v1alpha1", kind: "Rollout", plural: "rollouts" };
/** `duration`: whole seconds in the first releases of Argo Rollouts, text such as `5m` in later ones. */
const rolloutSpec = (duration: object) =>
  object({
    replicas: integer,
    strategy: object({ canary: object({ steps: list({ setWeight: integer, pause: object({ duration }) }) }) }),
    template: object({ spec: anything }),
  });

const sealedSecret: CrdName = { group: "bitnami.com", version: "v1alpha1", kind: "SealedSecret", plural: "sealedsecrets" };
const sealedSecretSpec = object({ encryptedData: { type: "object", additionalProperties: text } });

const externalSecret: CrdName = {
  group: "external-secrets.io",
  version: "v1alpha1",
  kind: "ExternalSecret",
  plural: "externalsecrets",
};
const externalSecretSpec = object({
  refreshInterval: text,
  secretStoreRef: object({ name: text, kind: text }),
  target: object({ name: text }),
  data: list({ secretKey: text, remoteRef: object({ key: text, property: text }) }),
});

let cluster: TestControlPlane;
let stack: TestStack;
let namespace: string;

beforeAll(async () => {
  cluster = await testControlPlane("custom-resources");
  namespace = await newNamespace(cluster, "custom");
  await kubectl(cluster, ["create", "namespace", "app"]);
  stack = await startTestStack([{ ...cluster, name: "production" }]);
  await stack.push("published/verbatim", await filesOf("verbatim"));
  const declared = ["rollout-canary", "external-secret", "sealed-secret"].map((name) => {
    const source = { directory: { include: `${name}.yaml` } };
    return [`${name}.yaml`, applicationYaml(name, { repository: "published/verbatim", path: "manifests", source, namespace })] as const;
  });
  await stack.push(control, Object.fromEntries(declared));
});
afterAll(() => stack?.stop());

const install = async (name: CrdName, spec: object): Promise<void> => {
  await kubectl(cluster, ["apply", "-f", "-"], crdYaml(name, spec));
  await kubectl(cluster, ["wait", `crd/${name.plural}.${name.group}`, "--for=condition=Established", "--timeout=30s"]);
};
const get = (where: string, what: string, path: string): Promise<string> =>
  kubectl(cluster, ["-n", where, "get", "--ignore-not-found", what, "-o", `jsonpath=${path}`]);

/** A failed operation is tried again 5, 10 and 20 seconds later: more than a test's usual time. */
const patient = 60_000;

describe("published custom resources on a cluster without their CRDs", () => {
  it.each([
    ["rollout-canary", "Rollout", "argoproj.io/v1alpha1"],
    ["external-secret", "ExternalSecret", "external-secrets.io/v1alpha1"],
    ["sealed-secret", "SealedSecret", "bitnami.com/v1alpha1"],
  ])("%s is refused, naming the kind", async (name, kind, apiVersion) => {
    const reason = await failed(stack, name, kind);
    expect(reason).toContain(apiVersion);
  });
});

describe("published custom resources once their CRDs are there", () => {
  beforeAll(async () => {
    await install(rollout, rolloutSpec(integer));
    await install(externalSecret, externalSecretSpec);
    await install(sealedSecret, sealedSecretSpec);
  });

  it("rollout-canary is refused by a schema that does not take it, naming object and field", { timeout: patient }, async () => {
    const reason = await failed(stack, "rollout-canary", "duration");
    expect(reason).toContain(`Rollout ${namespace}/web-app`);
    expect(reason).toContain("spec.strategy.canary.steps[1].pause.duration");
    expect(await get(namespace, "rollout.argoproj.io/web-app", "{.metadata.name}")).toBe("");
    await install(rollout, rolloutSpec({ "x-kubernetes-int-or-string": true }));
  });

  it("external-secret is applied", { timeout: patient }, async () => {
    await synced(stack, "external-secret");
    const path = "{.spec.secretStoreRef.name} {.spec.data[1].remoteRef.property}";
    expect(await get(namespace, "externalsecret.external-secrets.io/database-credentials", path)).toBe("vault-backend password");
  });

  it("sealed-secret is applied in the namespace it names", { timeout: patient }, async () => {
    await synced(stack, "sealed-secret");
    expect(await get("app", "sealedsecret.bitnami.com/database-credentials", "{.spec.encryptedData.username}")).toMatch(/^AgBy3i4/);
  });

  it("rollout-canary is applied by a schema that takes it", { timeout: patient }, async () => {
    await synced(stack, "rollout-canary");
    const path = "{.spec.replicas} {.spec.strategy.canary.steps[1].pause.duration}";
    expect(await get(namespace, "rollout.argoproj.io/web-app", path)).toBe("10 5m");
  });
});
