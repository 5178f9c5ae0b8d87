import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { crdOf } from "../support/crd.ts";
import { applicationYaml, configMapYaml, deploymentYaml } from "../support/declarations.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { failed, slackSays, slackTexts, synced } from "../support/stack-reading.ts";

let cluster: TestControlPlane;
let stack: TestStack;

beforeAll(async () => {
  cluster = await testControlPlane();
  stack = await startTestStack([{ ...cluster, name: "harbor" }]);
});
afterAll(() => stack?.stop());

const inNamespace = (namespace: string, yaml: string): string => yaml.replace("metadata:\n", `metadata:\n  namespace: ${namespace}\n`);
const annotated = (yaml: string, name: string, value: string): string =>
  yaml.replace("metadata:\n", `metadata:\n  annotations:\n    ${name}: "${value}"\n`);
const namespaceYaml = (name: string) => stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

const crdYaml = (plural: string, kind: string) => stringify(crdOf("order.example.com", plural, kind));

describe("what must be there first", () => {
  it("is made first: a Namespace, a CRD and its objects arrive in one commit, whatever their files are called (F-17)", async () => {
    const namespace = `order-${Date.now().toString(36)}`;
    const sha = await stack.push("order/all", {
      "app/1-ship.yaml": inNamespace(
        namespace,
        stringify({ apiVersion: "order.example.com/v1", kind: "Ship", metadata: { name: "argo" }, spec: { oars: 50 } }),
      ),
      "app/2-map.yaml": inNamespace(namespace, configMapYaml("map")),
      "app/8-crd.yaml": crdYaml("ships", "Ship"),
      "app/9-namespace.yaml": namespaceYaml(namespace),
    });
    await stack.push(control, {
      "order.yaml": applicationYaml("order", { repository: "order/all", path: "app", namespace: "default", finalizer: true }),
    });
    await synced(stack, "order", sha);
    expect(await kubectl(cluster, ["-n", namespace, "get", "ships.order.example.com/argo", "-o", "jsonpath={.spec.oars}"])).toBe("50");
    expect(slackTexts(stack, "order").filter((text) => text.includes("could not be synced"))).toEqual([]);
  });

  it("is tried as a whole: a mistake in a later wave keeps the earlier ones back", async () => {
    const namespace = await newNamespace(cluster, "waves");
    const broken = deploymentYaml("broken").replace("selector:", "selektor:");
    await stack.push("order/waves", {
      "app/a.yaml": annotated(configMapYaml("late"), "argocd.argoproj.io/sync-wave", "2"),
      "app/b.yaml": annotated(broken, "argocd.argoproj.io/sync-wave", "1"),
      "app/c.yaml": annotated(configMapYaml("early"), "argocd.argoproj.io/sync-wave", "-1"),
    });
    await stack.push(control, { "waves.yaml": applicationYaml("waves", { repository: "order/waves", path: "app", namespace }) });
    const reason = await failed(stack, "waves", "Deployment");
    expect(reason).toContain(".spec.selektor: field not declared in schema");
    const names = async () =>
      (await kubectl(cluster, ["-n", namespace, "get", "configmap", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
    expect(reason).toContain("nothing was changed");
    expect(await names()).not.toContain("early");

    const sha = await stack.push("order/waves", { "app/b.yaml": annotated(deploymentYaml("broken"), "argocd.argoproj.io/sync-wave", "1") });
    await synced(stack, "waves", sha);
    expect(await names()).toEqual(expect.arrayContaining(["early", "late"]));
  });

  it("is the destination's namespace, with CreateNamespace", async () => {
    const namespace = `made-${Date.now().toString(36)}`;
    await stack.push("order/made", { "app/map.yaml": configMapYaml("map") });
    await stack.push(control, {
      "made.yaml": applicationYaml("made", { repository: "order/made", path: "app", namespace, syncOptions: ["CreateNamespace=true"] }),
    });
    await synced(stack, "made");
    expect(await kubectl(cluster, ["-n", namespace, "get", "configmap/map", "-o", "name"])).toBe("configmap/map\n");
  });

  it("is named when it is missing: the namespace, without CreateNamespace", async () => {
    await stack.push("order/homeless", { "app/map.yaml": configMapYaml("map") });
    await stack.push(control, {
      "homeless.yaml": applicationYaml("homeless", { repository: "order/homeless", path: "app", namespace: "nowhere-to-be-found" }),
    });
    await slackSays(stack, "homeless", "could not be synced", "nowhere-to-be-found");
  });
});
