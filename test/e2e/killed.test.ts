import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { kubectl } from "../support/control-plane.ts";
import { applicationYaml, configMapYaml } from "../support/declarations.ts";
import { eventually } from "../support/eventually.ts";
import { control } from "../support/fleet.ts";
import { type SlowAdmission, slowAdmission } from "../support/slow-admission.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";
import { history, isSynced, stateWhere } from "../support/stack-reading.ts";

/** A dead worker's Application moves again within this time, and then it has work to do. Seconds. */
const patience = 180;

let folder: string;
/** Our own, since it is taken away. */
let quay: ControlPlane;
let stack: TestStack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-killed-"));
  quay = await startControlPlane({ name: "quay", folder });
  stack = await startTestStack([quay], { durable: true });
});
afterAll(async () => {
  await stack?.stop();
  await quay?.stop();
  await rm(folder, { recursive: true, force: true });
});

const declare = async (name: string): Promise<void> => {
  await kubectl(quay, ["create", "namespace", name]);
  await stack.push(control, { [`${name}.yaml`]: applicationYaml(name, { repository: `killed/${name}`, path: "app", namespace: name }) });
};
const syncedTo = (name: string, sha: string) =>
  stateWhere(stack, name, (state) => isSynced(state) && state.revisions[0]?.sha === sha, patience);
const stepOf = (name: string, object: string) =>
  kubectl(quay, ["-n", name, "get", `configmap/${object}`, "-o", "jsonpath={.data.step}"]).catch(() => "");

/** Three waves: what is in the second waits for the first, with the delay between waves. */
const waves = (step: string) =>
  Object.fromEntries(
    [0, 1, 2].map((wave) => {
      const manifest = configMapYaml(`wave-${wave}`, { step });
      const annotated = manifest.replace("metadata:\n", `metadata:\n  annotations:\n    argocd.argoproj.io/sync-wave: "${wave}"\n`);
      return [`app/wave-${wave}.yaml`, annotated];
    }),
  );
const stepsOf = (name: string) => Promise.all([0, 1, 2].map((wave) => stepOf(name, `wave-${wave}`)));

describe("a worker that is killed while the cluster works on its request (F-01, F-09, F-12)", () => {
  let admission: SlowAdmission;
  afterAll(() => admission?.stop());

  it("is followed by another, which ends on the newest commit", async () => {
    const first = await stack.push("killed/apply", { "app/settings.yaml": configMapYaml("settings", { step: "1" }) });
    await declare("apply");
    await syncedTo("apply", first);
    admission = await slowAdmission(quay, "apply");
    admission.hold();
    await stack.push("killed/apply", { "app/settings.yaml": configMapYaml("settings", { step: "2" }) });
    await eventually("the sync is held", () => admission.waiting() > 0);
    stack.functions.kill("sync");
    const newest = await stack.push("killed/apply", { "app/settings.yaml": configMapYaml("settings", { step: "3" }) });
    admission.release();
    await syncedTo("apply", newest);
    expect(await stepOf("apply", "settings")).toBe("3");
    expect((await history(stack, "apply", "synced")).filter(({ revision }) => revision === newest)).toHaveLength(1);
  }, 300_000);
});

describe("functions that are killed again and again while pushes come (F-01, F-20)", () => {
  it("end on the newest commit", async () => {
    await declare("often");
    let newest = "";
    for (const [at, name] of (["webhook", "fetch", "render", "sync", "fetch", "sync"] as const).entries()) {
      newest = await stack.push("killed/often", { "app/settings.yaml": configMapYaml("settings", { step: `${at}` }) });
      await pause(at * 40);
      stack.functions.kill(name);
    }
    await syncedTo("often", newest);
    expect(await stepOf("often", "settings")).toBe("5");
  }, 300_000);
});

describe("an operation of several waves", () => {
  it("goes on where it was when the API server went away in the middle and came back (F-15, F-31)", async () => {
    await stack.push("killed/away", waves("1"));
    await declare("away");
    await eventually("the first wave", async () => (await stepOf("away", "wave-0")) === "1");
    await quay.stopApiServer();
    const newest = await stack.push("killed/away", waves("2"));
    await stateWhere(stack, "away", ({ reason }) => reason?.includes("cannot be reached") === true);
    await quay.startApiServer();
    await syncedTo("away", newest);
    expect(await stepsOf("away")).toEqual(["2", "2", "2"]);
  }, 300_000);

  it("goes on where it was when table and queues were killed and started again (F-05, F-06)", async () => {
    const newest = await stack.push("killed/stores", waves("1"));
    await declare("stores");
    await eventually("the first wave", async () => (await stepOf("stores", "wave-0")) === "1");
    await stack.standIns.restart("table");
    await stack.standIns.restart("queues");
    await syncedTo("stores", newest);
    expect(await stepsOf("stores")).toEqual(["1", "1", "1"]);
  }, 300_000);
});
