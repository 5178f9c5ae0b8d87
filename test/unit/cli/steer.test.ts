import { describe, expect, it } from "vitest";
import type { ApplicationEvent } from "../../../shared/model/event.ts";
import { noCounts } from "../../../shared/model/event.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { eventId, writeEvent } from "../../../shared/state/events.ts";
import { keys } from "../../../shared/state/items.ts";
import { now, openStack, settle, sha } from "./world.ts";

const entry = (id: number, kind: ApplicationEvent["kind"], manifests?: string): ApplicationEvent => ({
  id: eventId(id),
  application: "web",
  project: "default",
  kind,
  at: new Date(now - 60_000).toISOString(),
  cluster: "production",
  namespace: "production",
  repository: "https://github.com/org/repo",
  revision: sha,
  trigger: "push",
  counts: noCounts,
  objects: [],
  ...(manifests !== undefined && { manifests }),
});

/** `web` was synced to the manifests `rendered`, then `newer`, which stands; Git wants `input-2`. */
const openHistory = async (...given: Parameters<typeof openStack>) => {
  const stack = await openStack(...given);
  const events = [entry(1, "synced", "lost"), entry(2, "synced", "rendered"), entry(3, "failed", "broken"), entry(4, "synced", "newer")];
  for (const event of [...events, entry(5, "healthy", "newer")]) await writeEvent(stack.table, event, 1);
  await stack.table.update(keys.state("web"), { set: { syncedOutput: "newer", input: "input-2", syncedInput: "input-2" } });
  return stack;
};

describe("fairlead rollback", () => {
  it("goes to the last operation that went well before the present one, and holds what Git says off", async () => {
    const { fairlead, table } = await openHistory();
    expect((await fairlead("rollback web --no-wait")).out).toBe("Asked for a rollback of web to entry 2.");
    expect(await readState(table, "web")).toMatchObject({
      rollback: { to: "2", output: "rendered", insteadOf: "input-2", by: "ada" },
      requested: { by: "ada", prune: false, dryRun: false, rollbackTo: "2" },
    });
  });

  it("says that Git still says otherwise, and until when", async () => {
    const { fairlead } = await openHistory(settle({ phase: "Succeeded", syncStatus: "OutOfSync", reason: "ada rolled it back" }));
    expect((await fairlead("rollback web 2")).out.split("\n")).toEqual([
      "web: OutOfSync, Healthy: ada rolled it back",
      "0123456 is held off until a newer commit changes web; fairlead sync web goes to it at once.",
    ]);
  });

  it("goes back to what stood before an operation that hangs", async () => {
    const { fairlead, table } = await openHistory();
    await table.update(keys.state("web"), { set: { phase: "Running" } });
    await table.put({
      ...keys.operation("web"),
      v: 1,
      id: "9.1",
      generation: 9,
      attempt: 1,
      output: "hanging",
      startedAt: now,
      counts: { ...noCounts },
      objects: [],
    });
    expect((await fairlead("rollback web --no-wait")).error).toContain("the manifests of entry 4 are not in the artifact store any more");
  });

  it("goes further back when it is asked again", async () => {
    const { fairlead, table } = await openHistory();
    const rollback = { to: "2", output: "rendered", insteadOf: "input-2", by: "ada" };
    await table.update(keys.state("web"), { set: { rollback, syncedOutput: "rendered" } });
    expect((await fairlead("rollback web --no-wait")).error).toContain("the manifests of entry 1 are not in the artifact store any more");
  });

  it.each([
    ["9", "Application web has no entry 9; fairlead history web lists them"],
    ["3", "entry 3 of web did not end well; choose one that did"],
    ["4", "web is as entry 4 left it; there is nothing to roll back"],
    ["1", "the manifests of entry 1 are not in the artifact store any more; choose another entry"],
  ])("refuses entry %s with a sentence", async (id, sentence) => {
    const { fairlead, table } = await openHistory();
    expect(await fairlead(`rollback web ${id}`)).toEqual({ out: "", error: `fairlead: ${sentence}`, exitCode: 1 });
    expect((await readState(table, "web"))?.rollback).toBeUndefined();
  });

  it("refuses an entry without manifests, and a history without an earlier one", async () => {
    const { fairlead, table } = await openHistory();
    await writeEvent(table, entry(6, "drift-found"), 1);
    expect((await fairlead("rollback web 6")).error).toBe("fairlead: entry 6 of web applied no manifests; choose one that did");
    const empty = await openStack();
    expect((await empty.fairlead("rollback web")).error).toBe(
      "fairlead: Application web has no earlier operation that went well and applied something else",
    );
  });
});

describe("fairlead history", () => {
  it("marks the entries that can be rolled back to, and the one that stands", async () => {
    const { fairlead, json } = await openHistory();
    const marks = (await fairlead("history web")).out.split("\n").map((line) => line.split(/ {2,}/));
    const column = marks[0]?.indexOf("ROLLBACK") ?? -1;
    expect(marks.slice(1).map((cells) => [cells[0], cells[column]])).toEqual([
      ["5", "-"],
      ["4", "stands"],
      ["3", "-"],
      ["2", "yes"],
      ["1", "yes"],
    ]);
    expect(await json("history web")).toContainEqual(expect.objectContaining({ id: eventId(2), canRollBackTo: true }));
  });
});

describe("fairlead manifests --entry", () => {
  it("prints those of an entry of history", async () => {
    const { fairlead } = await openHistory();
    expect((await fairlead("manifests web --entry 2")).out).toContain("kind: Secret");
    expect((await fairlead("manifests web --entry 7")).error).toContain("Application web has no entry 7");
  });
});

describe("fairlead terminate", () => {
  /** As the sync function serves it. */
  const served =
    (ended: boolean): Parameters<typeof openStack>[0] =>
    async (table) => {
      expect((await readState(table, "web"))?.terminate).toBe("ada");
      await settle({ phase: "Failed", syncStatus: "OutOfSync", reason: "ada terminated the operation in Sync, wave 1" }, ended)(table);
      await table.update(keys.state("web"), { remove: ["terminate"] });
    };

  it("ends what is under way in the caller's name", async () => {
    const { fairlead, table } = await openStack(served(true));
    await table.update(keys.state("web"), { set: { phase: "Running" } });
    expect(await fairlead("terminate web")).toEqual({
      out: "web: OutOfSync, Healthy: ada terminated the operation in Sync, wave 1",
      error: "",
      exitCode: 0,
    });
  });

  it("does not wait for what came meanwhile, and says that it is next", async () => {
    const { fairlead, table } = await openStack(served(false));
    await table.update(keys.state("web"), { set: { phase: "Running" } });
    expect((await fairlead("terminate web")).out).toBe("web: terminated; what came meanwhile is next.");
  });

  it("ends the retries of a failed one", async () => {
    const { fairlead, table } = await openStack();
    await table.update(keys.state("web"), { set: { phase: "Failed", retryAt: now + 5_000 } });
    expect((await fairlead("terminate web --no-wait")).out).toBe("Asked for the end of what web does.");
  });

  it("says when nothing is under way, or what is cannot be ended", async () => {
    const { fairlead, table } = await openStack();
    expect((await fairlead("terminate web")).error).toBe("fairlead: nothing of Application web is under way or waits to be tried again");
    await table.update(keys.state("web"), { set: { removal: "cascade" } });
    expect((await fairlead("terminate web")).error).toBe("fairlead: Application web is being deleted; that cannot be terminated");
  });
});

describe("fairlead approve", () => {
  it.each(["removing 15 of 20", "PersistentVolumeClaim production/db is no longer in Git; Prune=confirm asks for a person's yes first"])(
    "says yes to exactly what waits: %s",
    async (awaiting) => {
      const { fairlead, table, said } = await openStack();
      await table.update(keys.state("control"), { set: { awaiting, awaitingDigest: "digest-1" } });
      expect((await fairlead("approve control --no-wait")).exitCode).toBe(0);
      expect((await readState(table, "control"))?.approval).toBe("digest-1");
      expect(said).toEqual([`Yes to: ${awaiting}`]);
    },
  );

  it("says when nothing waits", async () => {
    const { fairlead } = await openStack();
    expect((await fairlead("approve web")).error).toBe("fairlead: nothing of Application web waits for a yes");
  });
});
