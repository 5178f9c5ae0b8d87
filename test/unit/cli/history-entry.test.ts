import { describe, expect, it } from "vitest";
import { type ApplicationEvent, countResults, eventObjects } from "../../../shared/model/event.ts";
import type { ObjectResult } from "../../../shared/model/operation.ts";
import { storeBeyondEvent } from "../../../shared/state/event-results.ts";
import { writeEvent } from "../../../shared/state/events.ts";
import { keys } from "../../../shared/state/items.ts";
import { now, openStack, sha } from "./world.ts";

const result = (name: string, change: Partial<ObjectResult> = {}): ObjectResult => ({
  key: { group: "", kind: "ConfigMap", namespace: "production", name },
  action: "created",
  code: "Synced",
  ...change,
});

/** An entry of history as sync writes it. */
const happened = async (results: readonly ObjectResult[], change: Partial<ApplicationEvent> = {}) => {
  const stack = await openStack();
  const event: ApplicationEvent = {
    id: "0000000001",
    application: "web",
    project: "default",
    kind: "synced",
    at: new Date(now - 60_000).toISOString(),
    cluster: "production",
    namespace: "production",
    repository: "https://github.com/org/repo",
    revision: sha,
    trigger: "push",
    counts: countResults(results),
    objects: eventObjects(results),
    ...(await storeBeyondEvent(stack.artifacts, undefined, results)),
    ...change,
  };
  await writeEvent(stack.table, event, 1);
  return stack;
};

const linesOf = (out: string): readonly string[] => out.split("\n").filter((line) => line.startsWith("  "));

describe("fairlead history APPLICATION ID", () => {
  it("prints the result of every object, failed ones first, however many there are", async () => {
    const changed = Array.from({ length: 120 }, (_, at) => result(`map-${at}`));
    const { fairlead, json } = await happened([...changed, result("broken", { code: "SyncFailed", action: "unknown", message: "no" })]);
    const lines = linesOf((await fairlead("history web 1")).out);
    expect(lines).toHaveLength(121);
    expect(lines[0]).toMatch(/ConfigMap production\/broken +unknown +no/);
    expect(lines.at(-1)).toMatch(/ConfigMap production\/map-119 +created/);
    expect(await json("history web 1")).toMatchObject({ counts: { created: 120, failed: 1 }, objects: { length: 121 } });
  });

  it("names what was unchanged, too: what else the applied manifests have", async () => {
    const login: ObjectResult = { ...result("login", { action: "unchanged" }), key: { ...result("login").key, kind: "Secret" } };
    const { fairlead } = await happened([result("map"), login], { manifests: "rendered" });
    expect(linesOf((await fairlead("history web 1")).out)).toEqual([
      expect.stringMatching(/ConfigMap production\/map +created/),
      expect.stringMatching(/Secret login +unchanged/),
    ]);
  });

  it("leaves it at their number where the manifests do not say which ones were looked at", async () => {
    const { fairlead } = await happened([result("map", { action: "unchanged" }), result("other", { action: "unchanged" })], {
      manifests: "rendered",
    });
    const { out } = await fairlead("history web 1");
    expect(out).toMatch(/^Objects: +2 unchanged/m);
    expect(linesOf(out)).toEqual([]);
  });

  it("says so when the artifact store has lost them", async () => {
    const { fairlead } = await happened([result("map")], { results: ["gone"] });
    expect(await fairlead("history web 1")).toMatchObject({
      error: expect.stringContaining("results of an operation on web (results/gone) are not in the artifact store"),
      exitCode: 1,
    });
  });
});

describe("fairlead status APPLICATION", () => {
  it("says where the rest of the last operation's results are", async () => {
    const { fairlead, table } = await happened(Array.from({ length: 60 }, (_, at) => result(`map-${at}`)));
    await table.update(keys.state("web"), { set: { events: 1 } });
    const { out } = await fairlead("status web");
    expect(out).toContain("… all of them: fairlead history web 1");
  });
});
