import { describe, expect, it } from "vitest";
import { eventObjects } from "../../../shared/model/event.ts";
import type { ObjectResult } from "../../../shared/model/operation.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { wishFailed, wishInput } from "../../../shared/state/wishes.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const state = { pk: "app#web", sk: "state", v: 1 };
const facts = { revisions: [], trigger: "push", at: 5 } as const;
const aCommit = (message: string) => ({ sha: "a".repeat(40), author: "Ada", message, committedAt: "2026-01-01T00:00:00Z" });

describe("a wish for another input", () => {
  it("raises the generation once, however often the same input is found", async () => {
    const table = memoryTable([state]);
    expect(await wishInput(table, "web", { ...facts, input: "one" })).toBe("raised");
    const { writes } = table;
    expect(await wishInput(table, "web", { ...facts, input: "one" })).toBe("unchanged");
    expect(table.writes).toBe(writes);
    expect(await readState(table, "web")).toMatchObject({ desiredGeneration: 1, input: "one" });
  });

  it("is dropped where another fetch was faster, so that no older revision replaces a newer one", async () => {
    const table = memoryTable([state]);
    await wishInput(table, "web", { ...facts, input: "newer", evaluations: 0 });
    expect(await wishInput(table, "web", { ...facts, input: "older", evaluations: 0 })).toBe("overtaken");
    expect(await readState(table, "web")).toMatchObject({ input: "newer" });
  });

  it("names nobody who only pushed what was there before", async () => {
    const table = memoryTable([state]);
    await wishInput(table, "web", { ...facts, input: "one", pusher: "ada", commit: aCommit("Change the colour") });
    await wishInput(table, "web", { ...facts, input: "two" });
    const after = await readState(table, "web");
    expect(after).not.toHaveProperty("pusher");
    expect(after).not.toHaveProperty("commit");
  });

  it("names the commit that mended the sources, when they come to what was there before they broke", async () => {
    // Went wrong: people read that the commit which had broken the sources was synced.
    const table = memoryTable([state]);
    const good = { repoURL: "https://git.example/web", sha: "a" };
    await wishInput(table, "web", { ...facts, input: "one", revisions: [good], commit: aCommit("Begin"), pusher: "ada" });
    await wishFailed(table, "web", { ...facts, reason: "app/web.yaml is missing", commit: aCommit("Break"), pusher: "bob" });
    const mended = { revisions: [{ ...good, sha: "c" }], commit: aCommit("Mend"), pusher: "cleo" };
    expect(await wishInput(table, "web", { ...facts, input: "one", ...mended })).toBe("raised");
    const after = await readState(table, "web");
    expect(after).toMatchObject({ ...mended, desiredGeneration: 3 });
    expect(after).not.toHaveProperty("sourceError");
  });

  it("keeps the state small although a commit's message and a tool's words have no end", async () => {
    const table = memoryTable([state]);
    await wishInput(table, "web", { ...facts, input: "one", commit: aCommit("long ".repeat(100_000)) });
    const reason = "values.yaml:3: ".repeat(10_000);
    await wishFailed(table, "web", { ...facts, reason });
    const [item] = table.items();
    expect(JSON.stringify(item).length).toBeLessThan(4_096);
    expect(await wishFailed(table, "web", { ...facts, reason })).toBe("unchanged");
  });
});

describe("an event's objects", () => {
  const moved = (index: number, fields: number): ObjectResult => ({
    key: { group: "", kind: "ConfigMap", namespace: "production", name: `settings-${index}` },
    action: "configured",
    code: "Synced",
    fields: Array.from({ length: fields }, (_, at) => ({ path: `data.key-${at}`, desired: "x".repeat(300), live: "y".repeat(300) })),
  });

  it("fit an item although very many fields moved, and say how many more there are", () => {
    const objects = eventObjects(Array.from({ length: 60 }, (_, index) => moved(index, 200)));
    expect(JSON.stringify(objects).length).toBeLessThan(200_000);
    expect(objects[0]?.fields).toHaveLength(10);
    expect(objects[0]?.message).toBe("and 190 fields more");
    expect(objects.at(-1)?.message).toBe("and 200 fields more");
  });

  it("come as they are where they are few", () => {
    expect(eventObjects([moved(1, 2)])).toEqual([moved(1, 2)]);
  });
});
