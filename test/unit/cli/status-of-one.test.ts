import { describe, expect, it } from "vitest";
import { noCounts } from "../../../shared/model/event.ts";
import { keys } from "../../../shared/state/items.ts";
import { writeOperation } from "../../../shared/state/operations.ts";
import { writeProject } from "../../../shared/state/projects.ts";
import { now, openStack } from "./world.ts";

const open = async (state: Parameters<Awaited<ReturnType<typeof openStack>>["table"]["update"]>[1]["set"]) => {
  const stack = await openStack();
  await stack.table.update(keys.state("web"), { set: { ...state } });
  return { ...stack, lines: async () => (await stack.fairlead("status web")).out.split("\n") };
};

describe("fairlead status of one Application", () => {
  it("shows the operation that is under way: phase, wave, who asked, and each hook", async () => {
    const { lines, table, artifacts, json } = await open({
      phase: "Running",
      reason: "PreSync, wave 0: waiting for Job production/migrate (1 active)",
    });
    await writeOperation(
      { table, artifacts },
      { application: "web", fence: 1 },
      {
        id: "2.1",
        generation: 2,
        attempt: 1,
        outages: 0,
        output: "rendered",
        startedAt: now - 12_000,
        request: { by: "ada", prune: false, dryRun: false },
        healing: false,
        at: { phase: "PreSync", wave: 0 },
        hooks: [
          { key: "batch/Job:production/migrate", apiVersion: "batch/v1", phase: "PreSync", policies: [], state: "running" },
          { key: "batch/Job:production/check", apiVersion: "batch/v1", phase: "PreSync", policies: [], state: "failed", message: "exit 1" },
        ],
        failure: { reason: "PreSync hook Job production/check: exit 1", retry: "limited" },
        ended: [],
        counts: noCounts,
        objects: [],
      },
    );
    expect(await lines()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^Operation: +Running in PreSync, wave 0, begun 12 s ago, asked for by ada; it has failed, and its SyncFail hooks run$/,
        ),
        expect.stringMatching(/^Failure: +PreSync hook Job production\/check: exit 1$/),
        expect.stringMatching(/^Hook: +PreSync Job production\/migrate running$/),
        expect.stringMatching(/^Hook: +PreSync Job production\/check failed: exit 1$/),
        expect.stringMatching(/^Reason: +PreSync, wave 0: waiting for Job production\/migrate/),
      ]),
    );
    expect(await json("status web")).toMatchObject({ operation: { at: { phase: "PreSync", wave: 0 } } });
  });

  it("shows how often it failed, and when it is tried again", async () => {
    const { lines } = await open({ phase: "Failed", attempt: 3, retryAt: now + 20_000 });
    expect(await lines()).toContainEqual(expect.stringMatching(/^Operation: +Failed, 3 times in a row \(tried again in 20 s\)$/));
  });

  it("shows a rollback while it holds", async () => {
    const rollback = { to: "4", output: "rendered", insteadOf: "input-2", by: "ada" };
    const { lines, table } = await open({ rollback, input: "input-2" });
    expect(await lines()).toContainEqual(expect.stringMatching(/^Rollback: +to entry 4 by ada; 0123456 is held off until a newer commit$/));
    await table.update(keys.state("web"), { set: { input: "input-3" } });
    expect((await lines()).join("\n")).not.toContain("Rollback");
  });

  it("shows its project's sync windows: what holds it up, and when that changes", async () => {
    const { lines, table } = await open({});
    expect((await lines()).join("\n")).not.toContain("Sync windows");
    const windowOf = (kind: string) => ({ kind, schedule: "0 11 * * *", duration: "2h", applications: ["*"] });
    await writeProject(table, { name: "default", description: "", spec: { syncWindows: [windowOf("allow")] } });
    expect(await lines()).toContainEqual(
      expect.stringMatching(/^Sync windows: +a sync may begin now; the next one opens or closes at 2026-11-21T13:00:00Z$/),
    );
    await writeProject(table, { name: "default", description: "", spec: { syncWindows: [windowOf("deny")] } });
    expect(await lines()).toContainEqual(
      expect.stringMatching(
        /^Sync windows: +The sync windows of project default hold this up: deny window .* a sync may begin at 2026-11-21T13:00:00Z$/,
      ),
    );
  });

  it("shows drift, and what happens to it", async () => {
    const { lines } = await open({ drifted: true, driftedAt: now - 30_000 });
    expect(await lines()).toContainEqual(expect.stringMatching(/^Drift: +seen 30 s ago; it is only reported$/));
  });

  it("says how to answer what waits for a yes", async () => {
    const { lines } = await open({ awaiting: "removing 15 of 20", awaitingDigest: "digest" });
    expect(await lines()).toContainEqual(expect.stringMatching(/^Waits: +for a yes: fairlead approve web$/));
  });
});
