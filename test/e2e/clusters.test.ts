import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { readClusterFacts } from "../../shared/state/clusters.ts";
import { kubectl, newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml, deploymentYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { slackSays, slackTexts, stateWhere, synced } from "../support/stack-reading.ts";

let harbor: TestControlPlane;
/** Our own, since it is taken away. */
let quay: ControlPlane;
let folder: string;
let stack: TestStack;
let namespace: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-quay-"));
  [harbor, quay] = await Promise.all([testControlPlane(), startControlPlane({ name: "quay", folder })]);
  namespace = await newNamespace(harbor, "clusters");
  await kubectl(quay, ["create", "namespace", namespace]);
  stack = await startTestStack([{ ...harbor, name: "harbor" }, quay]);
  await stack.push("two/web", { "app/web.yaml": deploymentYaml("web", 1), "app/settings.yaml": configMapYaml("settings", { step: "1" }) });
  const plan = { repository: "two/web", path: "app", namespace };
  await stack.push(control, {
    "here.yaml": applicationYaml("web-here", plan),
    "there.yaml": applicationYaml("web-there", { ...plan, cluster: "quay" }),
  });
});
afterAll(async () => {
  await stack?.stop();
  await quay?.stop();
  await rm(folder, { recursive: true, force: true });
});

const stepOn = (cluster: { kubeconfig: string }) =>
  kubectl(cluster, ["-n", namespace, "get", "configmap/settings", "-o", "jsonpath={.data.step}"]);

describe("two clusters", () => {
  it("get their Applications from one push, by server and by name", async () => {
    const sha = await stack.push("two/web", { "app/settings.yaml": configMapYaml("settings", { step: "2" }) });
    await Promise.all([synced(stack, "web-here", sha), synced(stack, "web-there", sha)]);
    expect(await Promise.all([stepOn(harbor), stepOn(quay)])).toEqual(["2", "2"]);
    await slackSays(stack, "web-there", "is synced", `quay/${namespace}`);
  });

  it("are healed each by itself", async () => {
    await kubectl(quay, ["-n", namespace, "delete", "configmap/settings"]);
    await slackSays(stack, "web-there", "had drifted and is healed", `quay/${namespace}`);
    expect(await stepOn(quay)).toBe("2");
    expect(slackTexts(stack, "web-here").filter((text) => text.includes("drifted"))).toEqual([]);
  });

  it("are independent: one that is away delays nobody else, loses nothing, and gets the newest when it is back (F-31)", async () => {
    const before = await kubectl(quay, ["-n", namespace, "get", "deployment/web", "-o", "jsonpath={.metadata.uid}"]);
    await quay.stopApiServer();
    await stack.push("two/web", { "app/settings.yaml": configMapYaml("settings", { step: "3" }) });
    const sha = await stack.push("two/web", {
      "app/settings.yaml": configMapYaml("settings", { step: "4" }),
      "app/new.yaml": configMapYaml("new"),
    });
    const pushed = Date.now();
    await synced(stack, "web-here", sha);
    expect(await stepOn(harbor)).toBe("4");
    expect(Date.now() - pushed).toBeLessThan(30_000);
    const { syncStatus } = await stateWhere(stack, "web-there", ({ phase }) => phase === "Failed");
    expect(syncStatus).not.toBe("Synced");
    await slackSays(stack, "web-there", "could not be synced", "quay");
    await eventually("the scan knows", async () => (await readClusterFacts(stack.table, "quay"))?.reachable === false);

    await quay.startApiServer();
    await synced(stack, "web-there", sha);
    expect(await stepOn(quay)).toBe("4");
    expect(await kubectl(quay, ["-n", namespace, "get", "deployment/web", "-o", "jsonpath={.metadata.uid}"])).toBe(before);
    expect(slackTexts(stack, "web-there").filter((text) => text.includes("could not be synced"))).toHaveLength(1);
  });
});
