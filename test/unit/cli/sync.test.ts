import { describe, expect, it } from "vitest";
import { readState } from "../../../shared/state/application-state.ts";
import { keys } from "../../../shared/state/items.ts";
import type { TryOut } from "../../../shared/sync/try-out.ts";
import { openStack, settle } from "./world.ts";

const deploymentKey = { group: "apps", kind: "Deployment", namespace: "production", name: "web" };

describe("fairlead sync", () => {
  it("asks for a sync in the caller's name and waits for its end", async () => {
    const { fairlead, table, syncs } = await openStack(settle({ phase: "Succeeded" }));
    expect(await fairlead("sync web --prune")).toEqual({ out: "web: Synced, Healthy", error: "", exitCode: 0 });
    expect((await readState(table, "web"))?.requested).toEqual({ by: "ada", prune: true, dryRun: false });
    expect(syncs.take()).toEqual([{ v: 1, application: "web" }]);
  });

  it("ends with 1 and the reason when the sync fails, and says when it is tried again", async () => {
    const failure = {
      phase: "Failed",
      syncStatus: "OutOfSync",
      reason: "spec.selector is missing",
      retryAt: Date.parse("2026-11-21T12:00:05Z"),
    };
    const { fairlead } = await openStack(settle(failure));
    expect(await fairlead("sync web")).toEqual({
      out: "web: failed, Healthy: spec.selector is missing (tried again in 5 s)",
      error: "",
      exitCode: 1,
    });
  });

  it("ends with 1 when a sync window holds it up", async () => {
    const window = { syncStatus: "OutOfSync", reason: "deny window is open", againAt: Date.parse("2026-11-21T13:00:00Z") };
    const { fairlead, table } = await openStack(settle({ ...window, syncedAt: Date.parse("2026-11-21T11:59:00Z") }));
    await table.update(keys.state("web"), { set: { syncedAt: Date.parse("2026-11-21T11:59:00Z") } });
    const { out, exitCode } = await fairlead("sync web");
    expect([out, exitCode]).toEqual([
      "web: not synced, OutOfSync, Healthy: deny window is open (looked at again at 2026-11-21T13:00:00Z)",
      1,
    ]);
  });

  it("does not prune unless asked or declared", async () => {
    const { fairlead, table } = await openStack();
    expect((await fairlead("sync web --no-wait")).out).toBe("Asked for a sync of web.");
    expect((await readState(table, "web"))?.requested).toEqual({ by: "ada", prune: false, dryRun: false });
  });

  it("gives up waiting, not the sync", async () => {
    const { fairlead } = await openStack();
    const { error, exitCode } = await fairlead("sync web --timeout 2");
    expect([error, exitCode]).toEqual(["fairlead: a sync of web has not ended after 2 s and goes on; fairlead status web shows it", 1]);
  });

  it("looks at the repositories first with --refresh", async () => {
    const { fairlead, pushes } = await openStack();
    await fairlead("sync web --no-wait --refresh");
    expect(pushes.take()).toEqual([{ v: 1, kind: "application", application: "web" }]);
  });

  // It answered with the old trouble, and nobody looked whether that was mended.
  it("has sources that could not be read looked at again, and waits for that", async () => {
    const { fairlead, table, pushes } = await openStack();
    await table.update(keys.state("web"), { set: { sourceError: "401: no access.", input: "old" } });
    await fairlead("sync web --no-wait");
    expect(pushes.take()).toEqual([{ v: 1, kind: "application", application: "web" }]);
    const state = await readState(table, "web");
    expect(state).toMatchObject({ requested: { by: "ada" } });
    expect(state).not.toHaveProperty("sourceError");
    expect(state).not.toHaveProperty("input");
  });

  it("waits for the last step of an operation, and says once what each step waits for", async () => {
    const steps = [
      settle({ phase: "Running", reason: "PreSync, wave 0: waiting for Job production/migrate (1 active)" }),
      settle({ phase: "Running", reason: "PreSync, wave 0: waiting for Job production/migrate (1 active)" }),
      settle({ phase: "Running", reason: "Sync, wave 0 is applied" }),
      settle({ phase: "Succeeded", reason: "" }),
    ];
    const { fairlead, said } = await openStack(async (table) => steps.shift()?.(table));
    expect((await fairlead("sync web")).exitCode).toBe(0);
    expect(said).toEqual(["PreSync, wave 0: waiting for Job production/migrate (1 active)", "Sync, wave 0 is applied"]);
    expect(steps).toEqual([]);
  });

  it("passes on force, no hooks, and options before those of the Application", async () => {
    const { fairlead, table } = await openStack();
    await fairlead("sync web --no-wait --force --no-hooks -o Replace=true --option PruneLast=true");
    expect((await readState(table, "web"))?.requested).toMatchObject({
      strategy: { kind: "apply", force: true },
      syncOptions: ["Replace=true", "PruneLast=true"],
    });
  });

  it.each([
    ["Prun=true", '--option Prun=true: "Prun" is not known and has no effect'],
    ["Prune=perhaps", '--option Prune=perhaps: Prune is "perhaps" and has no effect; write one of true, false, confirm'],
    ["Prune", '--option Prune: "Prune" has no effect; write it as Name=value, such as CreateNamespace=true'],
  ])("takes no option that means nothing: %s", async (option, sentence) => {
    const { fairlead, table } = await openStack();
    const { error, exitCode } = await fairlead(`sync web --option ${option}`);
    expect([error.split("\n")[0], exitCode]).toEqual([`fairlead sync: ${sentence}`, 2]);
    expect((await readState(table, "web"))?.requested).toBeUndefined();
  });

  it("ends a rollback, unless only some objects are asked for", async () => {
    const { fairlead, table } = await openStack();
    const rollback = { to: "1", output: "rendered", insteadOf: "input", by: "bob" };
    await table.update(keys.state("web"), { set: { rollback } });
    await fairlead("sync web --no-wait -r Deployment/web");
    expect((await readState(table, "web"))?.rollback).toEqual(rollback);
    await fairlead("sync web --no-wait");
    expect((await readState(table, "web"))?.rollback).toBeUndefined();
  });
});

describe("fairlead sync --resource", () => {
  it.each(["Deployment/web", "deployment/web", "apps/Deployment:production/web", "apps/Deployment:web", "apps:Deployment:production/web"])(
    "finds %s",
    async (text) => {
      const { fairlead, table } = await openStack();
      await fairlead(`sync web --no-wait --resource ${text}`);
      expect((await readState(table, "web"))?.requested?.resources).toEqual([deploymentKey]);
    },
  );

  it("takes several", async () => {
    const { fairlead, table } = await openStack();
    await fairlead("sync web --no-wait -r Deployment/web -r Service/web -r /Service:production/web");
    expect((await readState(table, "web"))?.requested?.resources).toMatchObject([{ kind: "Deployment" }, { kind: "Service" }]);
  });

  it.each([
    ["a slip", "Deploymnet/web", "did you mean Deployment production/web?"],
    ["another name", "Deployment/frontend", "near are Deployment production/web"],
    ["another namespace", "apps/Deployment:staging/web", "did you mean Deployment production/web?"],
    ["nothing alike", "Job/migrate", "there are Deployment production/web, Service production/web"],
  ])("names near objects after %s", async (_, text, hint) => {
    const { fairlead, table } = await openStack();
    expect(await fairlead(`sync web -r ${text}`)).toEqual({
      out: "",
      error: `fairlead: Application web has no object ${text}; ${hint}`,
      exitCode: 1,
    });
    expect((await readState(table, "web"))?.requested).toBeUndefined();
  });

  it("says how an object is written", async () => {
    const { fairlead } = await openStack();
    const { error, exitCode } = await fairlead("sync web -r web");
    expect([error.split("\n")[0], exitCode]).toEqual([
      "fairlead sync: --resource web names no object; write KIND/NAME or GROUP/KIND:NAMESPACE/NAME",
      2,
    ]);
  });
});

describe("fairlead sync --dry-run", () => {
  it("shows what would change and which hooks would run, and asks for nothing", async () => {
    const hook = { phase: "PreSync" as const, wave: -1, key: { group: "batch", kind: "Job", namespace: "production", name: "migrate" } };
    const { fairlead, table, syncs, tried } = await openStack(undefined, { refused: [], pruned: [], hooks: [hook] });
    expect(await fairlead("sync web --dry-run --prune")).toEqual({
      out: [
        "Would change:",
        "  Deployment production/web  configured",
        "    spec.replicas: 5 → 3",
        "Hooks that would run:",
        "  PreSync, wave -1: Job production/migrate",
        "The server would take all of it. Nothing was written.",
      ].join("\n"),
      error: "",
      exitCode: 0,
    });
    expect(tried.map(({ request }) => request)).toEqual([{ by: "ada", prune: true, dryRun: true }]);
    expect((await readState(table, "web"))?.requested).toBeUndefined();
    expect(syncs.take()).toEqual([]);
  });

  it("ends with 1 and the server's words when it would refuse something", async () => {
    const message = "Deployment production/web: spec.selector: field is immutable";
    const refused: TryOut["refused"] = [{ key: deploymentKey, action: "unknown", code: "SyncFailed", message }];
    const { fairlead } = await openStack(undefined, { refused, pruned: [], hooks: [] });
    const { out, exitCode } = await fairlead("sync web --dry-run");
    expect(out.split("\n")).toEqual([
      "2 objects, nothing would change.",
      "The server would refuse, and nothing would be changed:",
      `  ${message}`,
    ]);
    expect(exitCode).toBe(1);
  });

  it("tells programs", async () => {
    const { json } = await openStack();
    expect(await json("sync web --dry-run")).toMatchObject({ application: "web", changes: [{ action: "configured" }], refused: [] });
  });
});

describe("fairlead sync --revision", () => {
  it("asks for that revision, and ends a rollback", async () => {
    const { fairlead, table } = await openStack();
    await table.update(keys.state("web"), {
      set: {
        rollback: { to: "3", output: "rendered", insteadOf: "input", by: "bob" },
        asked: { revision: "v2", problem: "it was not there" },
      },
    });
    await fairlead("sync web --revision v2 --no-wait");
    const state = await readState(table, "web");
    expect(state?.requested).toEqual({ by: "ada", prune: false, dryRun: false, revision: "v2" });
    expect([state?.rollback, state?.asked]).toEqual([undefined, undefined]);
  });

  it.each([
    ["sync web --revision v2 --dry-run", "--revision cannot be tried out: that revision is fetched and rendered by a sync only"],
    ["sync web --revision v2 -r Deployment/web", "--revision goes for the whole Application; leave --resource out"],
  ])("refuses %s with a sentence", async (line, sentence) => {
    const { fairlead, table } = await openStack();
    const { error, exitCode } = await fairlead(line);
    expect([error, exitCode]).toEqual([expect.stringContaining(sentence), 2]);
    expect((await readState(table, "web"))?.requested).toBeUndefined();
  });
});
