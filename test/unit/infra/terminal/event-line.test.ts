import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatLine, isKnownEvent, lineOf } from "../../../../infra/local/terminal/event-line.ts";
import { painter } from "../../../../infra/local/terminal/paint.ts";
import type { JsonObject } from "../../../../shared/model/json.ts";

const sha = "3f2a1c0d4e5f60718293a4b5c6d7e8f901234567";
const say = (event: JsonObject, applications: readonly string[] = []): string => {
  const line = lineOf(event, { applications });
  return line ? `${line.word}: ${line.text}` : "";
};

const deployment = { group: "apps", kind: "Deployment", namespace: "shop", name: "web" };
const counts = { created: 0, configured: 0, deleted: 0, unchanged: 0, failed: 0 };
const sync = { application: "shop", cluster: "quay", trigger: "push", counts, objects: [] };

describe("a line of the terminal", () => {
  it("says who pushed what", () => {
    expect(say({ event: "push-received", ref: "refs/heads/main", after: sha, pusher: "ada" })).toBe("push: 3f2a1c0 to main by ada");
    expect(say({ event: "push-received", ref: "refs/tags/v1", after: sha, pusher: null })).toBe("push: 3f2a1c0 to tag v1");
    expect(say({ event: "push-received", ref: "refs/heads/old", after: "0".repeat(40), pusher: "ada" })).toBe("push: old deleted by ada");
  });

  it("says which Applications a push touches, and which not", () => {
    const touched = { event: "push-touched", sha, subject: "Scale to five", applications: ["shop"], count: 1 };
    expect(say(touched, ["tides", "shop", "crew"])).toBe("touches: shop (“Scale to five”); not crew, tides");
    expect(say({ ...touched, applications: [], count: 0 }, ["shop"])).toBe("touches: nothing (“Scale to five”); not shop");
    expect(say({ ...touched, subject: "" }, ["shop"])).toBe("touches: shop");
  });

  it("counts where names would fill the screen", () => {
    const names = Array.from({ length: 1_000 }, (_, number) => `app-${number}`);
    const line = say({ event: "push-touched", sha, subject: "", applications: names.slice(0, 20), count: 500 }, names);
    expect(line).toMatch(/^touches: app-0, .*app-7 and 492 more; not the 500 others$/);
  });

  it("says what was applied, field by field, and how long after the push", () => {
    const fields = [{ path: "spec.replicas", live: "3", desired: "5" }];
    const event = {
      ...sync,
      event: "sync-synced",
      counts: { ...counts, configured: 1, unchanged: 3 },
      objects: [{ key: deployment, action: "configured", code: "Synced", fields }],
      secondsSincePush: 0.569,
      health: "Healthy",
    };
    expect(say(event)).toBe(
      "applied: shop on quay: 1 configured, 3 unchanged (Deployment shop/web: spec.replicas 3 → 5), healthy, 0.6 s after the push",
    );
    expect(say({ ...event, trigger: "registry", health: "Progressing", objects: [] })).toBe(
      "applied: shop on quay: 1 configured, 3 unchanged",
    );
  });

  it("says healthy once it is, and after which push", () => {
    const event = { event: "health-healthy", application: "shop", cluster: "quay", secondsSincePush: 1.61 };
    expect(say({ ...event, trigger: "push" })).toBe("healthy: shop on quay, 1.6 s after the push");
    expect(say({ ...event, trigger: "self-heal" })).toBe("healthy: shop on quay");
  });

  it("gives the reason of a failure and says that nothing was changed", () => {
    const reason = 'charts/tides/templates/deployment.yaml:8: unexpected "}" in operand';
    expect(say({ ...sync, event: "sync-failed", reason, secondsSincePush: 0.66 })).toBe(
      `failed: shop on quay: ${reason}; nothing was changed, 0.7 s after the push`,
    );
    expect(say({ ...sync, event: "sync-failed", reason, counts: { ...counts, created: 2, failed: 1 }, trigger: "schedule" })).toBe(
      `failed: shop on quay: ${reason}; 2 created, 1 failed`,
    );
  });

  it("names what drifted, the field, and who did it", () => {
    expect(say({ event: "drift", application: "shop", cluster: "quay", missing: 1, moved: 2 })).toBe(
      "drift: shop on quay: 1 object is gone, 2 objects were changed",
    );
    const healed = (object: JsonObject) => say({ ...sync, event: "sync-drift-healed", trigger: "self-heal", objects: [object] });
    expect(healed({ key: deployment, action: "created", code: "Synced" })).toBe(
      "healed: shop on quay: Deployment shop/web was deleted and is back",
    );
    const fields = [{ path: "spec.replicas", live: "4", desired: "1", manager: "kubectl", time: "2026-11-21T05:44:42Z" }];
    expect(healed({ key: deployment, action: "configured", code: "Synced", fields })).toBe(
      "healed: shop on quay: Deployment shop/web: spec.replicas was 4, by kubectl at 05:44:42, and is 1 again",
    );
  });

  it("says when a cluster is away and when it is back", () => {
    expect(say({ event: "kind-unreadable", cluster: "quay", kind: "boats.example/v1/Boat", reason: "conversion webhook failed" })).toBe(
      "trouble: cluster quay cannot read its boats.example/v1/Boat, all else is looked at: conversion webhook failed",
    );
    expect(say({ event: "cluster-unreachable", cluster: "quay", reason: "ECONNREFUSED." })).toContain("down: cluster quay: ECONNREFUSED.");
    expect(say({ event: "cluster-back", cluster: "quay", downSeconds: 12 })).toContain("back: cluster quay, after 12 s");
  });

  it("says when a repository cannot be read and when it can again", () => {
    const repository = "git.example.com/team/config";
    expect(say({ event: "repository-unreachable", repository, reason: "It answers 503." })).toMatch(
      /^down: git\.example\.com\/team\/config cannot be read: It answers 503\./,
    );
    expect(say({ event: "repository-back", repository, downSeconds: 61 })).toBe(`back: ${repository} can be read again, after 61 s`);
  });

  it("says when the poll found a push, but not when it looks for the first time", () => {
    const found = { event: "poll-found", ref: "refs/heads/main", sha };
    expect(say({ ...found, before: "0".repeat(40) })).toBe("found: 3f2a1c0 on main, whose webhook never came");
    expect(say({ ...found, sha: "", before: sha })).toBe("found: main deleted, whose webhook never came");
    expect(say(found)).toBe("");
  });

  it("never shows a stack trace or JSON", () => {
    const reason = "TypeError: x is not a function\n    at run (file:///app/index.mjs:1:2)";
    expect(say({ event: "message-failed", function: "sync", reason, message: "{}" })).toBe("trouble: sync: TypeError: x is not a function");
    expect(say({ event: "stderr", level: "error", function: "sync", text: "    at run (file:///app)" })).toBe("");
    expect(say({ event: "stderr", level: "error", function: "sync", text: '{"a":1}' })).toBe("");
    expect(say({ event: "stderr", level: "error", function: "sync", text: "RangeError: too much" })).toBe(
      "trouble: sync: RangeError: too much",
    );
  });

  it("lets nothing from a commit or a cluster move the cursor", () => {
    const nasty = "harmless\u001b[2J\r\nsecond\u202eline";
    const line = say({ event: "push-touched", sha, subject: nasty, applications: ["a"], count: 1 });
    expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(line).toContain("harmless");
  });

  it("is nothing for an event of another shape, rather than a wrong one", () => {
    expect(say({ event: "sync-synced", application: 7 })).toBe("");
    expect(say({ event: "constructor" })).toBe("");
  });

  it("is thought of for every event that the functions tell", () => {
    const told = sourceTexts().flatMap((text) => [...text.matchAll(/\btell\(\s*"([a-z-]+)"/g)].map(([, name]) => name ?? ""));
    expect(told).toContain("push-touched");
    expect([...new Set(told)].filter((name) => !isKnownEvent(name))).toEqual([]);
    for (const kind of ["synced", "failed", "drift-healed", "waiting-for-approval"]) expect(isKnownEvent(`sync-${kind}`)).toBe(true);
    for (const kind of ["healthy", "degraded"]) expect(isKnownEvent(`health-${kind}`)).toBe(true);
  });

  it("begins with the time, in columns, and has colours only where they are wanted", () => {
    const line = { word: "applied", tone: "good", text: "shop" } as const;
    const at = new Date(2026, 10, 21, 12, 3, 4);
    expect(formatLine(line, at, painter(false))).toBe("12:03:04  applied   shop");
    expect(formatLine(line, at, painter(true))).toContain("\u001b[32mapplied");
  });
});

function sourceTexts(): readonly string[] {
  const root = join(import.meta.dirname, "../../../..");
  return ["shared", "functions"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(root, folder, file), "utf8")),
  );
}
