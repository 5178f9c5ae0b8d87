import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { type ApplicationPlan, applicationYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import type { Files } from "../support/git-repository.ts";
import { filesOf, published } from "../support/material.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { failed, isSynced, slackSays, slackTexts, stateWhere, synced } from "../support/stack-reading.ts";

const repositories = ["delivery", "k8s-manifests", "k8s-manifests-overlays", "infrastructure-and-kubernetes", "app-manifests"] as const;
const overlays = "https://github.com/myorg/k8s-manifests";

let cluster: TestControlPlane;
let stack: TestStack;

beforeAll(async () => {
  cluster = await testControlPlane("published");
  await kubectl(cluster, ["create", "namespace", "app"]);
  stack = await startTestStack([{ ...cluster, name: "production" }], {
    addresses: { "published/k8s-manifests-overlays": overlays },
    installation: (git) => ({
      mirrors: [{ from: overlays, to: git.sshUrl("published/k8s-manifests-overlays") }],
      repositoryCredentials: [{ prefix: "https://github.com/myorg", secret: "git-ssh" }],
    }),
  });
  await stack.push("published/verbatim", await filesOf("verbatim"));
  for (const name of repositories) await stack.push(`published/${name}`, await filesOf(`repositories/${name}`));
});
afterAll(() => stack?.stop());

/** Declares an Application of its own namespace for a published path. */
const declare = async (name: string, path: string, plan: Partial<ApplicationPlan> = {}): Promise<string> => {
  const namespace = plan.namespace ?? (await newNamespace(cluster, name));
  const yaml = applicationYaml(name, { repository: "published/verbatim", path, ...plan, namespace });
  await stack.push(control, { [`${name}.yaml`]: yaml });
  return namespace;
};
const only = (file: string) => ({ source: { directory: { include: file } } });
const get = (namespace: string, object: string, path: string): Promise<string> =>
  kubectl(cluster, ["-n", namespace, "get", "--ignore-not-found", object, "-o", `jsonpath=${path}`]);

describe("published kustomizations", () => {
  it("that lack their base's kustomization are refused, naming it, and work when completed", async () => {
    await declare("kustomize-001", "manifests/kustomize-001/overlays/production");
    const reason = await failed(stack, "kustomize-001", "base");
    expect(reason).toContain("manifests/kustomize-001/overlays/production/kustomization.yaml");
    expect(reason).toContain("manifests/kustomize-001/base");
    expect(reason).toContain("kustomization.yaml");

    const deployment = await published("verbatim/manifests/kustomize-001/base/deployment.yaml");
    const labels = "metadata:\n      labels:\n        app: webapp\n";
    const completed: Files = {
      "manifests/kustomize-001/base/kustomization.yaml": "resources:\n- deployment.yaml\n",
      "manifests/kustomize-001/base/deployment.yaml": deployment.replace(
        "  template:\n",
        `  selector:\n    matchLabels:\n      app: webapp\n  template:\n    ${labels}`,
      ),
    };
    const sha = await stack.push("published/verbatim", completed);
    await synced(stack, "kustomize-001", sha);
  });

  it("that lack a base's files are refused, naming the missing one", async () => {
    await declare("kustomize-002", "manifests/kustomize-002/overlays/production");
    const reason = await failed(stack, "kustomize-002", "deployment.yaml");
    expect(reason).toContain("manifests/kustomize-002/base/kustomization.yaml");
  });

  it("work in the older spelling and in the newer one, from Git over SSH at the published URL", async () => {
    const plan = { repository: "", repoURL: overlays };
    const production = await declare("overlay-production", "apps/web-app/overlays/production", plan);
    const staging = await declare("overlay-staging", "apps/web-app/overlays/staging", plan);
    await Promise.all([synced(stack, "overlay-production"), synced(stack, "overlay-staging")]);
    const facts = "{.spec.replicas} {.spec.template.spec.containers[0].resources.limits.cpu}";
    expect(await get(production, "deployment/web-app", facts)).toBe("10 1");
    expect(await get(staging, "deployment/web-app", facts)).toBe("2 200m");
  });

  it("do not sync as a plain directory: web-app's published path names the option and the overlays", async () => {
    await stack.push(control, { "web-app.yaml": await published("verbatim/argocd/application-web-app.yaml") });
    expect(await failed(stack, "web-app", "directory.recurse")).toBe(
      "apps/web-app has no manifests at its own level, but there are some in apps/web-app/base, apps/web-app/overlays/production, apps/web-app/overlays/staging: make a folder with a kustomization the path (apps/web-app/base, apps/web-app/overlays/production, apps/web-app/overlays/staging), or set directory.recurse: true to read plain manifests at every depth",
    );
    expect(await get("production", "deployment/web-app", "{.metadata.name}")).toBe("");
  });
});

describe("published hooks and waves", () => {
  it("hooks run as annotated: the migration before the Deployment, the smoke test after it, and deleted as it succeeded", async () => {
    const namespace = await declare("hooks", "hooks", { repository: "published/delivery" });
    const { warnings } = await synced(stack, "hooks");
    expect(warnings).toEqual([]);
    expect(await get(namespace, "job", "{.items[*].metadata.name}")).toBe("db-migration");
    expect(await get(namespace, "deployment/web-app", "{.spec.replicas}")).toBe("3");
    const migrated = Date.parse(await get(namespace, "job/db-migration", "{.status.completionTime}"));
    const created = Date.parse(await get(namespace, "deployment/web-app", "{.metadata.creationTimestamp}"));
    expect(created).toBeGreaterThanOrEqual(migrated);
  });

  it("hooks with nothing beside them run, too", async () => {
    const namespace = await declare("only-hooks", "manifests", only("sync-hooks.yaml"));
    await synced(stack, "only-hooks");
    expect(await get(namespace, "job/db-migration", "{.status.succeeded}")).toBe("1");
  });

  it("hook Jobs are valid as the cluster sees them", async () => {
    const jobs = await published("verbatim/manifests/sync-hooks.yaml");
    const answer = await kubectl(cluster, ["-n", "default", "apply", "--server-side", "--dry-run=server", "-f", "-"], jobs);
    expect(answer.match(/serverside-applied/g)).toHaveLength(2);
  });

  it("waves without their specs are refused, naming object and field; completed they are applied, and the Secret stays secret", async () => {
    await declare("waves", "manifests", { ...only("sync-waves.yaml"), namespace: "production" });
    const reason = await failed(stack, "waves", "StatefulSet production/postgres");
    expect(reason).toMatch(/spec\.(selector|template|serviceName)/);
    expect(await get("production", "deployment/web-app", "{.metadata.name}")).toBe("");

    await declare("waves", "waves", { repository: "published/delivery", namespace: "production" });
    await synced(stack, "waves");
    expect(await get("production", "statefulset/postgres", "{.spec.serviceName}")).toBe("postgres");
    await slackSays(stack, "waves", "is synced", "StatefulSet production/postgres");
    expect(slackTexts(stack, "waves").join("\n")).not.toContain("not-a-real-one");
    expect(JSON.stringify(stack.journal)).not.toContain("not-a-real-one");
  });
});

describe("published Flux objects", () => {
  it("are refused by kind and name, until the Flux front end reads them", async () => {
    await stack.push(control, await filesOf("verbatim/flux"));
    const flux = ["GitRepository flux-system/app-manifests", "Kustomization flux-system/apps", "ImagePolicy flux-system/webapp"];
    await slackSays(stack, "control", ...flux, "Flux objects are not read yet");
    await stack.push(control, {
      "gitrepository-kustomization.yaml": null,
      "image-update-automation.yaml": null,
      "multi-cluster.yaml": null,
    });
  });
});

describe("the rest of the published repositories", () => {
  it("is Synced and Healthy, one Application for each of the ApplicationSet's services and the staging cluster", async () => {
    const services = { "user-api": 3, "order-api": 5, "payment-api": 2 };
    for (const service of Object.keys(services)) {
      await declare(service, `apps/${service}`, { repository: "published/k8s-manifests", namespace: "app" });
    }
    const plan = { repository: "published/app-manifests", source: { directory: { recurse: true } } };
    const staging = await declare("staging", "clusters/staging", plan);
    await Promise.all(
      [...Object.keys(services), "staging"].map((name) =>
        stateWhere(stack, name, (state) => isSynced(state) && state.health === "Healthy"),
      ),
    );
    for (const [service, replicas] of Object.entries(services)) {
      expect(await get("app", `deployment/${service}`, "{.status.readyReplicas}")).toBe(`${replicas}`);
    }
    expect(await get(staging, "deployment/backend", "{.spec.replicas}")).toBe("1");
    expect(await get(staging, "configmap/monitoring", "{.data.scrape-interval}")).toBe("30s");
  });
});

describe("manifests beside Terraform files", () => {
  it("are read and the Terraform is not; a Deployment without its selector is refused by field and nothing is applied, and completed it is", async () => {
    const namespace = await declare("terraform", "terraform");
    const reason = await failed(stack, "terraform", "my-app");
    expect(reason).toContain("spec.selector");
    expect(await get(namespace, "configmap/app-config", "{.metadata.name}")).toBe("");
    const beside = await declare("terraform-valid", "terraform", only("configmap.yaml"));
    await synced(stack, "terraform-valid");
    expect(await get(beside, "configmap/app-config", "{.data.S3_BUCKET_NAME}")).toBe("my-unique-gitops-example-bucket-2025");

    await declare("terraform", "kubernetes/applications/my-app", { repository: "published/infrastructure-and-kubernetes", namespace });
    await synced(stack, "terraform");
    await eventually("my-app runs", async () => (await get(namespace, "deployment/my-app", "{.status.readyReplicas}")) === "2");
  });
});
