import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readState } from "../../shared/state/application-state.ts";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { failed, slackSays, stateWhere, synced } from "../support/stack-reading.ts";

let cluster: TestControlPlane;
let stack: TestStack;
let namespace: string;

beforeAll(async () => {
  cluster = await testControlPlane();
  namespace = await newNamespace(cluster, "apps");
  stack = await startTestStack([{ ...cluster, name: "harbor" }]);
});
afterAll(() => stack?.stop());

const names = async (): Promise<readonly string[]> => {
  const text = await kubectl(cluster, ["-n", namespace, "get", "configmap", "-o", "jsonpath={.items[*].metadata.name}"]);
  return text.split(" ").filter((name) => name !== "kube-root-ca.crt");
};
const gone = (application: string) =>
  eventually(`${application} is forgotten`, async () => (await readState(stack.table, application)) === undefined);
const child = (name: string, extra: { readonly finalizer?: boolean; readonly project?: string } = {}) =>
  applicationYaml(name, { repository: "crew/all", path: `objects/${name}`, namespace, ...extra });

describe("an app of apps", () => {
  it("adds the Applications that its repository declares", async () => {
    await stack.push("crew/all", {
      "apps/one.yaml": child("one", { finalizer: true }),
      "apps/two.yaml": child("two"),
      "objects/one/map.yaml": configMapYaml("one"),
      "objects/two/map.yaml": configMapYaml("two"),
      "objects/three/map.yaml": configMapYaml("three"),
    });
    await stack.push(control, { "crew.yaml": applicationYaml("crew", { repository: "crew/all", path: "apps", namespace: "argocd" }) });
    await Promise.all(["crew", "one", "two"].map((name) => synced(stack, name)));
    expect(await names()).toEqual(["one", "two"]);

    await stack.push("crew/all", { "apps/three.yaml": child("three", { finalizer: true }) });
    await synced(stack, "three");
    expect(await names()).toEqual(["one", "three", "two"]);
    await slackSays(stack, "crew", "is synced", "1 created", "Application");
  });

  it("takes the objects along of one that it removes with Argo CD's finalizer", async () => {
    await stack.push("crew/all", { "apps/one.yaml": null });
    await gone("one");
    expect(await names()).toEqual(["three", "two"]);
  });

  it("leaves the objects of one that it removes without the finalizer", async () => {
    await stack.push("crew/all", { "apps/two.yaml": null });
    await gone("two");
    expect(await names()).toEqual(["three", "two"]);
  });

  it("takes over again what it left behind", async () => {
    await stack.push("crew/all", { "apps/two.yaml": child("two"), "objects/two/map.yaml": configMapYaml("two", { a: "c" }) });
    await synced(stack, "two");
    expect(await kubectl(cluster, ["-n", namespace, "get", "configmap/two", "-o", "jsonpath={.data.a}"])).toBe("c");
  });

  it("refuses a child of another project, by its name, and does all the rest", async () => {
    await stack.push("crew/all", {
      "apps/four.yaml": child("four"),
      "apps/stranger.yaml": child("stranger", { project: "infrastructure" }),
      "objects/four/map.yaml": configMapYaml("four"),
    });
    const reason = await failed(stack, "crew", "stranger");
    expect(reason).toBe(
      "Application stranger asks for project infrastructure, but crew, which declares it, belongs to default; children keep their parent's project",
    );
    await synced(stack, "four");
    expect(await readState(stack.table, "stranger")).toBeUndefined();
    await stack.push("crew/all", { "apps/stranger.yaml": null });
    await synced(stack, "crew");
  });

  it("waits for a person's yes before it removes more than a tenth of its Applications, three or more", async () => {
    await stack.push("crew/all", {
      "apps/two.yaml": null,
      "apps/three.yaml": null,
      "apps/four.yaml": null,
      "apps/README.md": "Empty soon.\n",
      "apps/five.yaml": child("five"),
      "objects/five/map.yaml": configMapYaml("five"),
    });
    await slackSays(stack, "crew", "waits for a yes", "removing 3 of", "npx fairlead approve crew");
    await synced(stack, "five");
    expect(await names()).toEqual(["five", "four", "three", "two"]);
    const { awaiting } = await stateWhere(stack, "crew", (state) => state.awaiting !== undefined);
    expect(awaiting).toContain("fairlead approve crew");
  });

  it("goes with its children when it is removed with the finalizer itself", async () => {
    await stack.push("squad/all", {
      "apps/mate.yaml": applicationYaml("mate", { repository: "squad/all", path: "objects", namespace, finalizer: true }),
      "objects/mate.yaml": configMapYaml("mate"),
    });
    await stack.push(control, {
      "squad.yaml": applicationYaml("squad", { repository: "squad/all", path: "apps", namespace: "argocd", finalizer: true }),
    });
    await synced(stack, "mate");
    expect(await names()).toContain("mate");
    await stack.push(control, { "squad.yaml": null });
    await Promise.all([gone("mate"), gone("squad")]);
    expect(await names()).not.toContain("mate");
  });
});
