import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, type TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const given = async (manifests: readonly Manifest[], syncOptions: readonly string[] = []) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions } }));
  await world.commit("web", manifests);
  return world;
};

/** In one namespace: Deployments need a label `team`. Waits until the server asks for it. */
const teamPolicy = async (namespace: string) => {
  const policy = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: `team-${namespace}` },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        resourceRules: [
          { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["deployments"] },
          { apiGroups: ["batch"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["jobs"] },
        ],
      },
      validations: [
        { expression: "has(object.metadata.labels) && 'team' in object.metadata.labels", message: "every workload needs a team" },
      ],
    },
  };
  const binding = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: `team-${namespace}` },
    spec: { policyName: `team-${namespace}`, validationActions: ["Deny"] },
  };
  await kubectl(controlPlane, ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: [policy, binding] }));
  const denies = () =>
    kubectl(controlPlane, ["-n", namespace, "create", "deployment", "probe", "--image=probe", "--dry-run=server"]).then(
      () => false,
      (error: unknown) => String(error).includes("every workload needs a team"),
    );
  await eventually("the cluster asks its new policy", denies);
  return async () => {
    await kubectl(controlPlane, ["delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", `team-${namespace}`]);
    await eventually("the cluster has forgotten the policy", async () => !(await denies()));
  };
};

const teamed = { labels: { team: "harbour" } };

describe("a sync whose plan admission denies in part", () => {
  it("changes nothing, and names policy, object and reason", async () => {
    const { ended, namespace, names, writes, state } = await given([
      configMap("settings"),
      realDeployment("good", teamed),
      { ...realDeployment("bad"), metadata: { name: "bad", ...argo({ "sync-wave": "3" }) } },
    ]);
    const lift = await teamPolicy(namespace);
    expect(await ended()).toMatchObject({ phase: "Failed" });
    const { reason } = await state();
    expect(reason).toContain(`Deployment ${namespace}/bad`);
    expect(reason).toContain(`team-${namespace}`);
    expect(reason).toContain("every workload needs a team");
    expect(reason).toContain("nothing was changed");
    expect(writes).toEqual([]);
    expect(await names("configmaps,deployments")).toEqual([]);
    await lift();
  });

  it("names every object that is denied in its history", async () => {
    const { ended, namespace, history } = await given([configMap("settings"), realDeployment("one"), realDeployment("two")]);
    const lift = await teamPolicy(namespace);
    const { reason } = await ended();
    expect(reason).toContain("and 1 more");
    const [entry] = await history();
    expect(entry?.objects.map(({ key, code }) => `${key.name} ${code}`)).toEqual(["one SyncFailed", "two SyncFailed"]);
    await lift();
  });

  it("asks about hooks, too: none has run when a later one is denied", async () => {
    const { ended, namespace, writes } = await given([
      realJob("migrate", { ...teamed, ...argo({ hook: "PreSync" }) }),
      configMap("settings"),
      realJob("smoke", argo({ hook: "PostSync" })),
    ]);
    const lift = await teamPolicy(namespace);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("smoke") });
    expect(writes).toEqual([]);
    await lift();
  });

  it("goes through when the policy is lifted and the retry comes", async () => {
    const { ended, until, namespace, names } = await given([configMap("settings"), realDeployment("bad")]);
    const lift = await teamPolicy(namespace);
    await ended();
    await lift();
    await until(({ phase }) => phase === "Succeeded");
    expect(await names("configmaps,deployments")).toEqual(["configmap/settings", "deployment.apps/bad"]);
  });
});

describe("a change that the server cannot make", () => {
  it("to an immutable field stops the sync with nothing changed, and names the field", async () => {
    const { ended, commit, field, writes } = await given([configMap("settings", { v: "1" }), realDeployment("web")]);
    await ended();
    const before = writes.length;
    const moved: Manifest = {
      ...realDeployment("web"),
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "other" } },
        template: { metadata: { labels: { app: "other" } }, spec: { containers: [{ name: "main", image: "registry.example/main:2" }] } },
      },
    };
    await commit("web", [configMap("settings", { v: "2" }), moved]);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringMatching(/Deployment .*spec\.selector.*immutable/s) });
    expect(writes.slice(before)).toEqual([]);
    expect(await field("configmap/settings", "{.data.v}")).toBe("1");
  });

  it("for a field that no schema knows is refused by the name of the field", async () => {
    const odd: Manifest = { ...configMap("odd"), surprise: "field" };
    const { ended, state } = await given([configMap("settings"), odd]);
    expect(await ended()).toMatchObject({ phase: "Failed" });
    expect((await state()).reason).toMatch(/ConfigMap .*odd.*surprise/s);
  });

  it("for fields that no schema knows is made without them with Validate=false, of an object and of a hook", async () => {
    const lax = argo({ "sync-options": "Validate=false" });
    const deployment = realDeployment("web", lax);
    const spec = typeof deployment.spec === "object" && !Array.isArray(deployment.spec) ? deployment.spec : {};
    const odd: Manifest = {
      ...deployment,
      spec: {
        ...spec,
        surprise: 1,
        template: {
          metadata: { labels: { app: "web" } },
          spec: { containers: [{ name: "main", image: "registry.example/main:1", surprise: 2 }] },
        },
      },
    };
    const hook: Manifest = { ...realJob("migrate", argo({ hook: "PreSync", "sync-options": "Validate=false" })), surprise: 3 };
    const { ended, names } = await given([configMap("settings"), odd, hook, { ...configMap("odd", {}, lax), surprise: 4 }]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps,deployments,jobs")).toEqual([
      "configmap/odd",
      "configmap/settings",
      "deployment.apps/web",
      "job.batch/migrate",
    ]);
  });

  it("for a kind that nobody serves is refused beforehand, unless SkipDryRunOnMissingResource=true says that something brings it", async () => {
    const alien: Manifest = { apiVersion: "nobody.example/v1", kind: "Alien", metadata: { name: "it" } };
    const strict = await given([configMap("settings"), alien]);
    expect(await strict.ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("nothing was changed") });
    expect(await strict.names("configmaps")).toEqual([]);
    const lenient = await given([
      configMap("settings"),
      { ...alien, metadata: { name: "it", ...argo({ "sync-options": "SkipDryRunOnMissingResource=true" }) } },
    ]);
    expect(await lenient.ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("the cluster serves no Alien") });
    expect(await lenient.names("configmaps")).toEqual(["configmap/settings"]);
  });
});

describe("the dry run of the whole plan", () => {
  it("does not mistake what this very sync brings for missing: a Pod and its ServiceAccount, a RoleBinding and its Role", async () => {
    const pod: Manifest = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web" },
      spec: { serviceAccountName: "web", priorityClassName: "", containers: [{ name: "main", image: "registry.example/main:1" }] },
    };
    const { ended, names } = await given([pod, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" } }]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(await names("pods")).toEqual(["pod/web"]);
  });

  it("is left out where PreflightDryRun=false asks for it", async () => {
    const { ended, tried } = await given([configMap("a"), configMap("b")], ["PreflightDryRun=false"]);
    await ended();
    expect(tried).toEqual([]);
  });

  it("leaves out unchanged objects, and the whole of it where one object is written", async () => {
    const { ended, commit, tried } = await given([configMap("a"), configMap("b"), configMap("c")]);
    await ended();
    expect(tried).toHaveLength(3);
    await commit("web", [configMap("a"), configMap("b", { v: "2" }), configMap("c")]);
    await ended();
    expect(tried).toHaveLength(3);
  });
});
