import { describe, expect, it } from "vitest";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const preSync = { annotations: { "argocd.argoproj.io/hook": "PreSync" } };
const migrate = { apiVersion: "batch/v1", kind: "Job", namespace: "production", name: "migrate" };
const holders = ["billing.example/audit", "tape.example/backup"];

type World = ReturnType<typeof syncWorld>;

/** Steps, each after the wait that the last one asked for, until this time has passed or none is asked for; the waits in seconds. */
const waitsWithin = async ({ sync, pass }: World, hours: number, between: () => unknown = () => undefined): Promise<readonly number[]> => {
  const waits: number[] = [];
  for (let left = hours * 3_600; left > 0; left -= waits.at(-1) ?? 0) {
    const next = await sync();
    if (next.done) break;
    waits.push(next.seconds);
    pass(next.seconds * 1_000);
    await between();
  }
  return waits;
};

const failures = async ({ history }: World) => (await history()).filter(({ kind }) => kind === "failed").map(({ reason }) => reason);

describe("a hook whose earlier run somebody's finalizer holds", () => {
  /** The second run of a hook; the object of the first stays as long as others hold it. */
  const held = async () => {
    const world = syncWorld();
    await world.declare(anApplication({ annotations: { "fairlead.dev/operation-deadline": "1h" } }));
    await world.commit("web", [job("migrate", preSync), configMap("settings", { v: "1" })]);
    await world.sync();
    endJob(world.cluster, "migrate", "Complete");
    world.pass(2_000);
    await world.settle();
    hold(world, holders);
    await world.commit("web", [job("migrate", preSync), configMap("settings", { v: "2" })]);
    return world;
  };
  const hold = ({ cluster }: World, finalizers: readonly string[]) =>
    cluster.edit(migrate, "auditor", (live) => ({ ...live, metadata: { ...live.metadata, finalizers } }));
  const creates = ({ cluster }: World) => cluster.calls.filter((call) => call === "create Job production/migrate").length;

  // Its delete and create were repeated every two seconds, nothing said why, and no deadline ended it.
  it("waits ever longer, names the object and who holds it, and fails at its deadline with that", async () => {
    const world = await held();
    const tried = creates(world);
    const waits = await waitsWithin(world, 0.9);
    expect(waits.at(-1)).toBe(30);
    expect(creates(world)).toBe(tried + 1);
    const waitedFor = `Job production/migrate of an earlier run to be deleted (held by ${holders.join(", ")})`;
    expect(await world.state()).toMatchObject({ phase: "Running", reason: `PreSync, wave 0: waiting for ${waitedFor}` });
    await waitsWithin(world, 0.2);
    expect(await failures(world)).toEqual([
      expect.stringContaining(`PreSync, wave 0: its deadline of 1h has passed while it was waiting for ${waitedFor}`),
    ]);
  });

  it("runs when that has gone", async () => {
    const world = await held();
    await waitsWithin(world, 0.1);
    hold(world, []);
    await waitsWithin(world, 0.01);
    expect(world.live("migrate", "Job")?.metadata.deletionTimestamp).toBeUndefined();
    endJob(world.cluster, "migrate", "Complete");
    await world.settle();
    expect(world.live("settings")).toMatchObject({ data: { v: "2" } });
    expect(await world.state()).toMatchObject({ phase: "Succeeded" });
  });

  it("keeps nobody waiting once another hook of its wave has failed", async () => {
    const world = await held();
    await world.commit("web", [job("migrate", preSync), job("check", preSync), configMap("settings", { v: "2" })]);
    await world.sync();
    endJob(world.cluster, "check", "Failed", "no such table");
    world.pass(2_000);
    await world.sync();
    expect(await world.state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("no such table") });
  });

  it("lets a newer revision take its operation's place: it is not at work", async () => {
    const world = await held();
    await waitsWithin(world, 0.1);
    await world.commit("web", [configMap("settings", { v: "3" })]);
    await world.settle();
    expect(world.live("settings")).toMatchObject({ data: { v: "3" } });
  });
});

describe("a wave of which something goes again and again", () => {
  const eaten = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "eaten" };
  const second = { annotations: { "argocd.argoproj.io/sync-wave": "1" } };

  // It was made anew every two seconds, for ever, and the next wave never came.
  it("makes it anew, ever more rarely, and fails at its deadline", async () => {
    const world = syncWorld();
    await world.declare(anApplication({ annotations: { "fairlead.dev/operation-deadline": "1h" } }));
    await world.commit("web", [configMap("eaten"), configMap("after", {}, second)]);
    const eat = () => {
      const { uid = "" } = world.live("eaten")?.metadata ?? {};
      return world.cluster.delete(eaten, { uid, propagation: "Background" });
    };
    expect((await waitsWithin(world, 0.9, eat)).at(-1)).toBe(30);
    expect(await world.state()).toMatchObject({
      phase: "Running",
      reason: "Sync, wave 0: waiting for ConfigMap production/eaten to be there",
    });
    await waitsWithin(world, 0.2, eat);
    expect((await failures(world))[0]).toMatch(/^Sync, wave 0: its deadline of 1h has passed .* ConfigMap production\/eaten to be there/);
    expect(world.live("after")).toBeUndefined();
  });
});
