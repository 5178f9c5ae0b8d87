import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { kubectl } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { slackSays, synced } from "../support/stack-reading.ts";

const repository = "rebuilt/web";
const waves = ["-1", "0", "2"];

let folder: string;
/** Our own, since it is taken away. */
let quay: ControlPlane;
let stack: TestStack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-rebuilt-"));
  quay = await startControlPlane({ name: "quay", folder });
  stack = await startTestStack([quay]);
});
afterAll(async () => {
  await stack?.stop();
  await quay?.stop();
  await rm(folder, { recursive: true, force: true });
});

const inWave = (wave: string): string =>
  configMapYaml(`wave${wave}`, { step: "1" }).replace(
    "metadata:\n",
    `metadata:\n  annotations:\n    argocd.argoproj.io/sync-wave: "${wave}"\n`,
  );

/** ConfigMaps of ours in the order in which they were made: one counter numbers all versions in a cluster. */
const inOrder = async (): Promise<readonly string[]> => {
  const path = "jsonpath={range .items[*]}{.metadata.resourceVersion} {.metadata.name}{'\\n'}{end}";
  const lines = (await kubectl(quay, ["-n", "web", "get", "configmap", "-o", path])).trim().split("\n");
  const made = lines.map((line) => line.split(" ")).map(([version = "", name = ""]) => ({ version: Number(version), name }));
  return made
    .filter(({ name }) => name.startsWith("wave"))
    .toSorted((a, b) => a.version - b.version)
    .map(({ name }) => name);
};

const uid = () => kubectl(quay, ["get", "namespace/web", "-o", "jsonpath={.metadata.uid}"]);

describe("a cluster that was rebuilt empty", () => {
  it("is filled from Git in wave order, its namespace first, and people hear of it", async () => {
    const sha = await stack.push(repository, Object.fromEntries(waves.map((wave) => [`app/${wave}.yaml`, inWave(wave)])));
    const web = applicationYaml("web", { repository, path: "app", namespace: "web", syncOptions: ["CreateNamespace=true"] });
    await stack.push(control, { "web.yaml": web });
    await synced(stack, "web", sha);

    const before = await uid();
    await quay.stop();
    await rm(join(folder, "etcd"), { recursive: true });
    quay = await startControlPlane({ name: "quay", folder });
    await stack.functions.invoke("scan", { scan: "drift" });
    await eventually("all of it is back", async () => (await inOrder()).length === waves.length, 120);
    expect(await uid()).not.toBe(before);
    expect(await inOrder()).toEqual(waves.map((wave) => `wave${wave}`));
    await slackSays(stack, "web", "healed");
  }, 300_000);
});
