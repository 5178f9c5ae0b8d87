import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChartRepository, startChartRepository } from "../../infra/local/git-host/chart-repository.ts";
import { kubectl, type TestControlPlane, testControlPlane, waitFor } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { prefix } from "../support/fleet.ts";
import { chartFolder, filesOf, openCrd, published } from "../support/material.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { failed, history, slackSays, stateWhere, synced } from "../support/stack-reading.ts";

const config = "myorg/gitops-config";
const webApp = "myorg/k8s-manifests";
const apps = "your-org/app-manifests";
const projectFile = "argocd/appproject-infrastructure.yaml";

let cluster: TestControlPlane;
let stack: TestStack;
let charts: ChartRepository;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-charts-"));
  [cluster, charts] = await Promise.all([testControlPlane("acceptance"), startChartRepository({ folder })]);
  await charts.publish(chartFolder("ingress-nginx"));
  await kubectl(cluster, ["apply", "-f", "-"], openCrd("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"));
  await waitFor(cluster, "default", "crd/servicemonitors.monitoring.coreos.com", "condition=Established");
  stack = await startTestStack([{ ...cluster, name: "production" }], {
    addresses: { [webApp]: `https://github.com/${webApp}`, [apps]: `https://github.com/${apps}` },
    installation: (git) => ({
      controlRepository: { repoURL: `${prefix}${config}.git`, targetRevision: "main", path: "argocd" },
      mirrors: [
        { from: `https://github.com/${webApp}`, to: git.httpUrl(webApp) },
        { from: `https://github.com/${apps}`, to: git.sshUrl(apps) },
        { from: "https://kubernetes.github.io/ingress-nginx", to: charts.url },
      ],
      repositoryCredentials: [
        { prefix: "https://github.com/myorg", secret: "git" },
        { prefix: "https://github.com/your-org", secret: "git-ssh" },
      ],
    }),
  });
  await stack.push(webApp, await filesOf("repositories/k8s-manifests"));
  await stack.push(apps, await filesOf("repositories/app-manifests"));
  const { [projectFile]: _, ...files } = await filesOf(`repositories/gitops-config`);
  await stack.push(config, files);
});
afterAll(async () => {
  await stack?.stop();
  await charts?.stop();
  await rm(folder, { recursive: true, force: true });
});

const get = (namespace: string, object: string, path: string): Promise<string> =>
  kubectl(cluster, ["-n", namespace, "get", "--ignore-not-found", object, "-o", `jsonpath=${path}`]);
const replicas = (namespace: string, name: string) => get(namespace, `deployment/${name}`, "{.spec.replicas}");
const healthy = (application: string) => stateWhere(stack, application, ({ health }) => health === "Healthy");

describe("the published control repository", () => {
  it("holds the published Argo CD files unchanged", async () => {
    const { [projectFile]: _, ...files } = await filesOf("repositories/gitops-config");
    const verbatim = await filesOf("verbatim/argocd");
    expect(files).toEqual(Object.fromEntries(Object.entries(verbatim).map(([path, text]) => [`argocd/${path}`, text])));
  });

  it("brings web-app to Synced and Healthy, in a namespace that was made for it, from Git over HTTP with a password", async () => {
    await synced(stack, "web-app");
    await healthy("web-app");
    expect(await replicas("production", "web-app")).toBe("3");
    expect(await get("production", "service/web-app", "{.spec.ports[0].targetPort}")).toBe("8080");
  });

  it("is told that project infrastructure is missing, by the Application that asks for it", async () => {
    const reason = await failed(stack, "control", "nginx-ingress");
    expect(reason).toBe(
      "Application nginx-ingress asks for project infrastructure, which does not exist; declare an AppProject of that name in the control repository",
    );
    await slackSays(stack, "control", "could not be synced", "project infrastructure");
  });

  it("names the ApplicationSet, which is not generated yet, and does everything else", async () => {
    const first = (await history(stack, "control", "failed")).find(({ objects }) => objects.length > 0);
    const told = new Map(first?.objects.map(({ key, message }) => [`${key.kind} ${key.name}`, message]));
    expect(told.get("ApplicationSet microservices")).toContain(
      "ApplicationSets are not generated yet; declare its Applications one by one",
    );
  });
});

describe("a directory source with manifests below its level only", () => {
  it("says so, and names the option and the folders", async () => {
    expect(await failed(stack, "production-apps", "directory.recurse")).toBe(
      "clusters/production has no manifests at its own level, but there are some in clusters/production/apps, clusters/production/infrastructure: set directory.recurse: true to read them all, or make one of these folders the path",
    );
  });

  it("is Synced and Healthy with directory.recurse, from Git over SSH", async () => {
    const file = await published("verbatim/argocd/application-production-apps.yaml");
    const path = "argocd/application-production-apps.yaml";
    await stack.push(config, {
      [path]: file.replace("path: clusters/production\n", "path: clusters/production\n    directory:\n      recurse: true\n"),
    });
    await synced(stack, "production-apps");
    await healthy("production-apps");
    expect(await Promise.all([replicas("production", "frontend"), replicas("production", "backend")])).toEqual(["3", "3"]);
    expect(await get("production", "configmap/database", "{.data.pool}")).toBe("20");
  });
});

describe("a published chart with values", () => {
  it("is Synced once its project is there: its hook has run and is gone, CRD-dependent parts are rendered for this cluster", async () => {
    await stack.push(config, { [projectFile]: await published(`repositories/gitops-config/${projectFile}`) });
    const { revisions } = await synced(stack, "nginx-ingress");
    expect(revisions).toEqual([{ repoURL: "https://kubernetes.github.io/ingress-nginx", sha: "4.8.0" }]);
    expect(await replicas("ingress-nginx", "nginx-ingress-controller")).toBe("3");
    expect(await get("ingress-nginx", "servicemonitor/nginx-ingress-controller", "{.kind}")).toBe("ServiceMonitor");
    expect(await get("ingress-nginx", "job", "{.items[*].metadata.name}")).toBe("");
    const ofHook = "involvedObject.kind=Job,involvedObject.name=nginx-ingress-admission-create";
    const events = await kubectl(cluster, [
      "-n",
      "ingress-nginx",
      "get",
      "events",
      "--field-selector",
      ofHook,
      "-o",
      "jsonpath={.items[*].reason}",
    ]);
    expect(events).toContain("Completed");
  });

  it("is Progressing until its LoadBalancer has an address, then Healthy", async () => {
    await eventually(
      "the Deployment has its pods",
      async () => (await get("ingress-nginx", "deployment/nginx-ingress-controller", "{.status.readyReplicas}")) === "3",
    );
    await stack.functions.invoke("scan", { scan: "drift" });
    await stateWhere(
      stack,
      "nginx-ingress",
      ({ health, reason }) => health === "Progressing" && reason?.includes("nginx-ingress-controller") === true,
    );
    const address = '{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.10"}]}}}';
    await kubectl(cluster, [
      "-n",
      "ingress-nginx",
      "patch",
      "service/nginx-ingress-controller",
      "--subresource=status",
      "--type=merge",
      "-p",
      address,
    ]);
    await healthy("nginx-ingress");
  });
});

describe("what the control repository asks for and does not get yet", () => {
  it("is named as a warning: the ApplicationSet, the notification templates, the rules of its projects", async () => {
    const { warnings } = await synced(stack, "control");
    expect(warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining("ApplicationSet argocd/microservices cannot be used: ApplicationSets are not generated yet"),
        "ConfigMap argocd/argocd-notifications-cm is not read yet and has no effect",
        expect.stringMatching(/^AppProject argocd\/production: spec\.sourceRepos, spec\.destinations.*: kept, and not enforced yet$/),
      ]),
    );
  });
});

describe("the user stories", () => {
  it("a push changes replicas: 3 to 5, and the cluster follows", async () => {
    const file = await published("repositories/k8s-manifests/apps/web-app/deployment.yaml");
    const sha = await stack.push(webApp, { "apps/web-app/deployment.yaml": file.replace("replicas: 3", "replicas: 5") }, "Scale to 5");
    await synced(stack, "web-app", sha);
    expect(await replicas("production", "web-app")).toBe("5");
    await slackSays(stack, "web-app", "is synced", "1 configured", "Scale to 5");
  });

  it("a person scales 10 to 5 by hand, and it is put back", async () => {
    const file = await published("repositories/k8s-manifests/apps/web-app/deployment.yaml");
    const sha = await stack.push(webApp, { "apps/web-app/deployment.yaml": file.replace("replicas: 3", "replicas: 10") });
    await synced(stack, "web-app", sha);
    await kubectl(cluster, ["-n", "production", "scale", "deployment/web-app", "--replicas=5"]);
    await eventually("10 again", async () => (await replicas("production", "web-app")) === "10");
    await slackSays(stack, "web-app", "had drifted and is healed", "spec.replicas", "was `5`, should be `10`");
  });

  it("a folder is deleted from Git, and its objects go, and only those", async () => {
    const gone = Object.keys(await filesOf("repositories/app-manifests")).filter((path) => path.startsWith("clusters/production/apps/"));
    const sha = await stack.push(apps, Object.fromEntries(gone.map((path) => [path, null])));
    await synced(stack, "production-apps", sha);
    // Deleted with what they own, as Argo CD does it: the objects are there until their pods are gone.
    const left = async () => (await Promise.all(["frontend", "backend"].map((name) => replicas("production", name)))).join("");
    await eventually("both Deployments are gone", async () => (await left()) === "");
    expect(await replicas("production", "web-app")).toBe("10");
    expect(await get("production", "configmap/database", "{.data.pool}")).toBe("20");
    await slackSays(stack, "production-apps", "is synced", "4 deleted");
  });
});
