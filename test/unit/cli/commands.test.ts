import { describe, expect, it } from "vitest";
import type { ApplicationEvent } from "../../../shared/model/event.ts";
import { noCounts } from "../../../shared/model/event.ts";
import { recordClusterFacts } from "../../../shared/state/clusters.ts";
import { writeEvent } from "../../../shared/state/events.ts";
import { keys } from "../../../shared/state/items.ts";
import { recordOutage } from "../../../shared/state/repositories.ts";
import { claimProbe, holdOff, noteWaiting, readTraffic, takeSlots } from "../../../shared/state/slots.ts";
import { now, openStack, settle, sha } from "./world.ts";

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
  pusher: "ada",
  counts: { ...noCounts, created: 2, configured: 1 },
  objects: [
    {
      key: { group: "apps", kind: "Deployment", namespace: "production", name: "web" },
      action: "configured",
      code: "Synced",
      fields: [{ path: "spec.replicas", desired: "3", live: "5", manager: "kubectl-edit" }],
    },
  ],
  durationMs: 1_540,
};

describe("fairlead status", () => {
  it("says what a sync warned about", async () => {
    const { fairlead, table } = await openStack();
    await settle({ warnings: ["Job production/migrate is a sync hook; hooks are not run yet"] })(table);
    expect((await fairlead("status web")).out).toMatch(/^Warning: +Job production\/migrate is a sync hook/m);
  });

  it("lists Applications in columns", async () => {
    const { fairlead } = await openStack();
    const lines = (await fairlead("status")).out.split("\n");
    expect(lines[0]).toBe("NAME     PROJECT  CLUSTER     SYNC               HEALTH   REVISION  SYNCED    REASON");
    expect(lines).toContain("web      default  production  Synced             Healthy  0123456   60 s ago");
    expect(lines).toContain("api      default  production  Unknown (syncing)  Unknown  -         -");
  });

  it("says of a repository that cannot be read since when, why and when it is tried again, and whose source it is", async () => {
    const { fairlead, json, table } = await openStack();
    const unreadable = { reason: "github.com answers 503 at the moment; it is tried again.", nextAt: now + 40_000 };
    const clock = { now: () => now - 300_000 };
    await recordOutage("github.com/org/repo", unreadable, { table, clock, journal: { tell: () => undefined } });
    const sentence =
      "github.com/org/repo cannot be read, first seen 5 min ago: github.com answers 503 at the moment; it is tried again. (tried 5 min ago, again in 40 s)";
    const lines = (await fairlead("status")).out.split("\n");
    expect(lines.at(-1)).toBe(sentence);
    expect(lines).toContain(
      "web      default  production  Synced             Healthy  0123456   60 s ago  github.com/org/repo cannot be read",
    );
    expect((await fairlead("status web")).out).toMatch(/^Trouble: +github\.com\/org\/repo cannot be read, first seen 5 min ago/m);
    expect((await fairlead("status control")).out).not.toContain("Trouble");
    expect(await json("status")).toContainEqual(
      expect.objectContaining({ name: "web", outages: [expect.objectContaining({ repository: "github.com/org/repo" })] }),
    );
    expect(await json("status")).toContainEqual(expect.objectContaining({ name: "control", outages: [] }));
  });

  it("says of a cluster that the last scan could not reach since when and why", async () => {
    const { fairlead, json, table } = await openStack();
    await recordClusterFacts(table, "production", {
      apiVersions: [],
      reachable: false,
      since: now - 300_000,
      error: "connect ECONNREFUSED.",
    });
    const { out } = await fairlead("status");
    expect(out.split("\n").at(-1)).toBe("cluster production cannot be reached, first seen 5 min ago: connect ECONNREFUSED.");
    expect(out).toMatch(/^web .* cluster production cannot be reached$/m);
    expect((await fairlead("status web")).out).toMatch(/^Trouble: +cluster production cannot be reached/m);
    expect(await json("status web")).toMatchObject({ clusterReachable: false });
  });

  it("says that syncs keep away from a cluster that is away, and how often it was tried (F-31)", async () => {
    const { fairlead, json, table } = await openStack();
    const reason = "connect ECONNREFUSED.";
    await recordClusterFacts(table, "production", { apiVersions: [], reachable: false, since: now - 300_000, error: reason });
    await holdOff(table, "production", { since: now - 300_000, reason });
    expect((await fairlead("status")).out).toContain("(circuit open: syncs wait, one looks every half minute or so)");
    expect(await json("status")).toContainEqual(expect.objectContaining({ name: "web", circuit: "open" }));
    for (let probe = 0; probe < 2; probe++) await claimProbe(table, "production", probe);
    expect((await fairlead("status web")).out).toContain("(circuit half-open: one sync looks whether it is back, tried 2 times since)");
  });

  it("says of a cluster where Applications wait for each other how many", async () => {
    const { fairlead, table } = await openStack();
    const grant = { name: "a", project: "noisy", slots: 35, beat: 0 };
    await takeSlots(table, "production", { grant, ceiling: 40, keptBack: 5, gone: 0, seen: await readTraffic(table, "production") });
    await noteWaiting(table, "production", 900);
    const busy = "cluster production is busy: 35 request slots in use by 1 project, about 900 Applications wait";
    expect((await fairlead("status")).out.split("\n").at(-1)).toBe(busy);
  });

  it("lists those of a project or a cluster", async () => {
    const { fairlead, json } = await openStack();
    expect((await fairlead("status --project nobody")).out).toBe("No Applications.");
    expect(await json("status -c production")).toHaveLength(3);
  });

  it("shows one with its source, commit and destination", async () => {
    const { fairlead } = await openStack();
    const { out } = await fairlead("status web");
    expect(out).toContain("Source:       https://github.com/org/repo apps/web at HEAD (0123456)");
    expect(out).toContain("Commit:       0123456 Scale web more of it (Ada)");
    expect(out).toContain("Declared by:  control");
  });

  it("gives programs JSON", async () => {
    const { json } = await openStack();
    expect(await json("status")).toContainEqual(expect.objectContaining({ name: "web", syncStatus: "Synced", revisions: [sha] }));
    expect(await json("status web")).toMatchObject({ application: { name: "web" }, state: { health: "Healthy" } });
  });

  it("names the Application that was probably meant", async () => {
    const { fairlead } = await openStack();
    expect(await fairlead("status wbe")).toEqual({
      out: "",
      error: "fairlead: there is no Application wbe; did you mean web?",
      exitCode: 1,
    });
  });

  it("lets no commit message move the terminal's cursor", async () => {
    const { fairlead, table } = await openStack();
    await table.update(keys.state("web"), { set: { reason: "bad\u001b[2Jnews\u202e\r\nnext" } });
    expect((await fairlead("status web")).out).toContain("bad [2Jnews next");
  });
});

describe("fairlead history", () => {
  it("lists what happened, newest first", async () => {
    const { fairlead, table } = await openStack();
    await writeEvent(table, event, 1);
    await writeEvent(table, { ...event, id: "0000000002", kind: "failed", reason: "no such image" }, 1);
    const [heading, first, second] = (await fairlead("history web")).out.split("\n");
    expect(heading).toMatch(/^ID +WHEN +WHAT +REVISION/);
    expect(first).toBe("2   60 s ago  failed  0123456   push     ada  2 created, 1 configured  1.5 s  -         no such image");
    expect(second).toMatch(/^1 /);
  });

  it("shows an operation with its objects and the fields that had moved", async () => {
    const { fairlead, table } = await openStack();
    await writeEvent(table, event, 1);
    const { out } = await fairlead("history web 1");
    expect(out).toContain("Deployment production/web  configured");
    expect(out).toContain("spec.replicas: 5 → 3 (kubectl-edit)");
  });

  it("says when there is no such entry, and takes no other limit than a number", async () => {
    const { fairlead } = await openStack();
    expect((await fairlead("history web 7")).error).toBe("fairlead: Application web has no entry 7; fairlead history web lists them");
    expect((await fairlead("history web --limit many")).exitCode).toBe(2);
    expect((await fairlead("history web")).out).toBe("Nothing has happened yet.");
  });
});

describe("fairlead diff", () => {
  it("shows each object and field that a sync would change, and ends with 1", async () => {
    const { fairlead } = await openStack();
    expect(await fairlead("diff web")).toEqual({
      out: "  Deployment production/web  configured\n    spec.replicas: 5 → 3",
      error: "",
      exitCode: 1,
    });
  });

  it("gives programs JSON", async () => {
    const { json } = await openStack();
    expect(await json("diff web")).toMatchObject({ application: "web", objects: 2, different: [{ action: "configured" }] });
  });
});

describe("fairlead local", () => {
  it("stops and starts a cluster", async () => {
    const { fairlead, asked } = await openStack();
    expect((await fairlead("local stop-cluster quay")).out).toBe("Cluster quay is stopped; everything it holds is kept.");
    expect(await fairlead("local start-cluster quay --json")).toMatchObject({ out: '{\n  "cluster": "quay",\n  "state": "running"\n}' });
    expect(asked).toEqual(["/clusters/quay/stop", "/clusters/quay/start"]);
  });
});
