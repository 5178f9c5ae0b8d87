import { describe, expect, it } from "vitest";
import { noteHealth } from "../../../shared/drift/note-health.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { declareApplication } from "../../../shared/state/applications.ts";
import { readHistory } from "../../../shared/state/events.ts";
import { keys } from "../../../shared/state/items.ts";
import type { NoticeMessage, PushMessage, SyncMessage } from "../../../shared/state/messages.ts";
import { fakeCluster } from "../../fakes/fake-cluster.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { driftDefaults } from "../../support/drift-world.ts";
import { anApplication } from "../../support/sync-world.ts";

const applicationWith = async (state: Readonly<Record<string, string | number>>, without: readonly string[] = []) => {
  const table = memoryTable();
  await declareApplication(table, { application: anApplication(), cluster: "harbor", at: 0 });
  await table.update(keys.state("web"), { set: { fence: 1, observedGeneration: 1, ...state }, remove: [...without] });
  const notices = memoryQueue<NoticeMessage>();
  const world = {
    ...driftDefaults,
    table,
    artifacts: memoryArtifacts(),
    clusters: { connect: async () => fakeCluster({}) },
    syncs: memoryQueue<SyncMessage>(),
    pushes: memoryQueue<PushMessage>(),
    notices,
    clock: { now: () => 1_700_000_000_000 },
    journal: { tell: () => {} },
    fingerprintKey: async () => "key",
  };
  const now = async () => {
    const found = await readState(table, "web");
    if (!found) throw new Error("the Application is gone");
    return found;
  };
  return { now, kinds: async () => (await readHistory(table, "web", 10)).items.map(({ kind }) => kind), note: noteHealth, world };
};

const unwatched = ["dueAt", "dueShard"];

describe("health that moves without a sync", () => {
  it("is recorded, and what was wrong before is no longer said", async () => {
    const { now, note, world } = await applicationWith({ health: "Progressing", reason: "waiting for pods" }, unwatched);
    await note("web", await now(), { status: "Healthy" }, world);
    expect(await now()).toMatchObject({ health: "Healthy" });
    expect((await now()).reason).toBeUndefined();
  });

  // A commit broke the sources while pods of the one before still came up: with the last pod, why the sync had failed was gone.
  it("leaves why the last operation failed where people read it", async () => {
    const { now, note, world } = await applicationWith(
      { health: "Progressing", phase: "Failed", reason: "path app does not exist" },
      unwatched,
    );
    await note("web", await now(), { status: "Healthy" }, world);
    expect(await now()).toMatchObject({ health: "Healthy", reason: "path app does not exist" });
  });

  // The state said that it was told, and the message could not be sent: nobody heard of it, at no later scan either (F-05).
  it("is told by a later scan when the message could not be sent", async () => {
    const { now, note, world, kinds } = await applicationWith({ health: "Healthy" }, unwatched);
    const away = { ...world, notices: { ...world.notices, send: () => Promise.reject(new Error("the queue is away")) } };
    await expect(note("web", await now(), { status: "Degraded", message: "its pods crash" }, away)).rejects.toThrow("away");
    await note("web", await now(), { status: "Degraded", message: "its pods crash" }, world);
    expect(world.notices.take()).toHaveLength(1);
    expect(await kinds()).toContain("degraded");
  });

  it("is left to the sync that waits for it, which then tells how it went", async () => {
    const { now, note, world } = await applicationWith({ health: "Progressing", dueAt: 1, dueShard: 0 });
    await note("web", await now(), { status: "Healthy" }, world);
    expect(await now()).toMatchObject({ health: "Progressing" });
  });

  it("is told once when it turns bad", async () => {
    const { now, note, world, kinds } = await applicationWith({ health: "Healthy" }, unwatched);
    await note("web", await now(), { status: "Degraded", message: "its pods crash" }, world);
    await note("web", await now(), { status: "Degraded", message: "its pods crash" }, world);
    expect(await now()).toMatchObject({ health: "Degraded", reason: "its pods crash" });
    expect(await kinds()).toEqual(["degraded"]);
  });
});
