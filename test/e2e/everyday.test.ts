import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml, deploymentYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { history, slackSays, slackTexts, synced } from "../support/stack-reading.ts";

let cluster: TestControlPlane;
let stack: TestStack;

beforeAll(async () => {
  cluster = await testControlPlane();
  stack = await startTestStack([{ ...cluster, name: "harbor" }]);
});
afterAll(() => stack?.stop());

/** What kubectl prints, with errors as undefined: for objects that may not be there yet. */
const get = (namespace: string, ...args: readonly string[]): Promise<string> =>
  kubectl(cluster, ["-n", namespace, "get", "--ignore-not-found", ...args]);
const replicas = (namespace: string, name: string) => get(namespace, `deployment/${name}`, "-o", "jsonpath={.spec.replicas}");

/** An Application of its own repository and namespace, synced with these files. */
const fleet = async (name: string, files: Readonly<Record<string, string>>, extra: object = {}): Promise<string> => {
  const namespace = await newNamespace(cluster, name);
  const sha = await stack.push(`shop/${name}`, Object.fromEntries(Object.entries(files).map(([path, text]) => [`app/${path}`, text])));
  await stack.push(control, { [`${name}.yaml`]: applicationYaml(name, { repository: `shop/${name}`, path: "app", namespace, ...extra }) });
  await synced(stack, name, sha);
  return namespace;
};

/** What the schedule does every few minutes. */
const scan = () => stack.functions.invoke("scan", { scan: "drift" });

describe("a push", () => {
  it("makes the objects, and people hear who pushed what", async () => {
    const namespace = await fleet("web", { "web.yaml": deploymentYaml("web", 3), "settings.yaml": configMapYaml("settings") });
    expect(await replicas(namespace, "web")).toBe("3");
    await slackSays(stack, "web", "is synced", "2 created", "`Deployment", "`ConfigMap");

    const sha = await stack.push("shop/web", { "app/web.yaml": deploymentYaml("web", 4) }, "Scale web to 4");
    await synced(stack, "web", sha);
    expect(await replicas(namespace, "web")).toBe("4");
    await slackSays(
      stack,
      "web",
      "is synced",
      "1 configured",
      "Scale web to 4",
      "pushed by captain",
      "written by Robin Reef",
      sha.slice(0, 7),
    );
  });

  it("that changes nothing which an Application reads writes nothing and tells nobody", async () => {
    const namespace = await fleet("quiet", { "settings.yaml": configMapYaml("settings") });
    const before = await get(namespace, "configmap/settings", "-o", "jsonpath={.metadata.resourceVersion}");
    const events = await history(stack, "quiet");
    const sha = await stack.push("shop/quiet", { "README.md": "Read me.\n" });
    await eventually("the push was looked at", () => stack.journal.find((line) => line.event === "fetched" && line.sha === sha));
    expect(stack.journal.find((line) => line.event === "fetched" && line.sha === sha)).toMatchObject({ groups: 1, touched: 0 });
    expect(await get(namespace, "configmap/settings", "-o", "jsonpath={.metadata.resourceVersion}")).toBe(before);
    expect(await history(stack, "quiet")).toEqual(events);
  });

  it("that takes a file away deletes its objects, and only those", async () => {
    const namespace = await fleet("tidy", {
      "a.yaml": configMapYaml("a"),
      "b.yaml": configMapYaml("b"),
      "web.yaml": deploymentYaml("web"),
    });
    await kubectl(cluster, ["-n", namespace, "create", "configmap", "not-ours"]);
    const sha = await stack.push("shop/tidy", { "app/b.yaml": null, "app/web.yaml": null });
    await synced(stack, "tidy", sha);
    expect(await get(namespace, "configmap/b", "deployment/web", "-o", "name")).toBe("");
    expect((await get(namespace, "configmap", "-o", "name")).split("\n")).toEqual(
      expect.arrayContaining(["configmap/a", "configmap/not-ours"]),
    );
    await slackSays(stack, "tidy", "is synced", "2 deleted");
  });

  it("that takes everything away is refused, and the objects stay", async () => {
    const namespace = await fleet("careful", { "a.yaml": configMapYaml("a"), "b.yaml": configMapYaml("b") });
    await stack.push("shop/careful", { "app/a.yaml": null, "app/b.yaml": null, "app/README.md": "Nothing here.\n" });
    await slackSays(stack, "careful", "could not be synced", "allowEmpty");
    expect((await get(namespace, "configmap/a", "configmap/b", "-o", "name")).trim()).toBe("configmap/a\nconfigmap/b");

    const sha = await stack.push("shop/careful", { "app/a.yaml": configMapYaml("a") });
    await synced(stack, "careful", sha);
    expect((await get(namespace, "configmap/a", "configmap/b", "-o", "name")).trim()).toBe("configmap/a");
  });
});

describe("what people change by hand", () => {
  it("is put back when they delete a Deployment", async () => {
    const namespace = await fleet("gone", { "web.yaml": deploymentYaml("web", 2) });
    const uid = () => get(namespace, "deployment/web", "-o", "jsonpath={.metadata.uid}");
    const before = await uid();
    await kubectl(cluster, ["-n", namespace, "delete", "deployment/web"]);
    await eventually("the Deployment is back", async () => !["", before].includes(await uid()));
    await slackSays(stack, "gone", "had drifted and is healed", "Deployment", "had been deleted");
  });

  it("is put back when they change a field, and named with who changed it from what to what", async () => {
    const namespace = await fleet("moved", { "web.yaml": deploymentYaml("web", 3) });
    await kubectl(cluster, ["-n", namespace, "scale", "deployment/web", "--replicas=7", "--current-replicas=3"]);
    await eventually("the replicas are back", async () => (await replicas(namespace, "web")) === "3");
    await slackSays(stack, "moved", "had drifted and is healed", "spec.replicas", "was `7`, should be `3`", "by `kubectl");
  });

  it("is named once and left alone where self-heal is off", async () => {
    const namespace = await fleet("watched", { "web.yaml": deploymentYaml("web", 3) }, { automated: { prune: true, selfHeal: false } });
    await kubectl(cluster, ["-n", namespace, "scale", "deployment/web", "--replicas=6"]);
    await slackSays(stack, "watched", "has drifted from Git", "spec.replicas", "was `6`, should be `3`");
    await scan();
    expect(await replicas(namespace, "web")).toBe("6");
    expect(slackTexts(stack, "watched").filter((text) => text.includes("has drifted"))).toHaveLength(1);
  });

  it("is taken away when their tool added it, and stays when a controller did", async () => {
    const namespace = await fleet("theirs", {
      "web.yaml": deploymentYaml("web", 1),
      "settings.yaml": configMapYaml("settings", { ours: "1" }),
    });
    const patch = (manager: string, data: object) =>
      kubectl(cluster, ["-n", namespace, "patch", "configmap/settings", `--field-manager=${manager}`, "-p", JSON.stringify({ data })]);
    await kubectl(cluster, ["-n", namespace, "annotate", "deployment/web", "--field-manager=pager", "team.example.com/pager=blue"]);
    await patch("some-controller", { theirs: "2" });
    await patch("kubectl-patch", { added: "3" });
    await scan();
    await slackSays(stack, "theirs", "had drifted and is healed", "data.added", "by `kubectl-patch");
    expect(await get(namespace, "configmap/settings", "-o", "jsonpath={.data}")).toBe('{"ours":"1","theirs":"2"}');
    expect(await get(namespace, "deployment/web", "-o", "jsonpath={.metadata.annotations.team\\.example\\.com/pager}")).toBe("blue");
  });
});
