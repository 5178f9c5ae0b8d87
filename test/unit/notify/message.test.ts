import { describe, expect, it } from "vitest";
import { messageFor } from "../../../shared/notify/slack/message.ts";
import { deployment, eventOf, service } from "../../support/events.ts";
import { newSha } from "../../support/payloads/shas.ts";
import { textOf } from "../../support/slack-text.ts";

describe("a message about a sync", () => {
  it("says what changed, who pushed what, and how long it took", () => {
    expect(textOf(messageFor(eventOf()))).toBe(
      [
        "✅ *`web-production`* is synced on `harbor/production`",
        `<https://github.com/acme/web/commit/${newSha}|0d1a26e> · Scale to 3 · pushed by grace, written by Ada Lovelace`,
        "*1 created, 1 configured*",
        "• configured `Deployment production/web`",
        "• created `Service production/web`",
        "took 1.2 s · 3.2 s after the push",
      ].join("\n"),
    );
  });

  it("has one line for notifications", () => {
    expect(messageFor(eventOf()).text).toBe("✅ web-production is synced on harbor/production");
    expect(messageFor(eventOf({ kind: "failed", reason: "no\nway <!here>" })).text).toBe(
      "❌ web-production could not be synced on harbor/production: no way &lt;!here&gt;",
    );
  });

  it("names deleted objects, and those that were kept with the reason", () => {
    const kept = { ...service, action: "skipped", code: "PruneSkipped", message: "Prune=false" } as const;
    const counts = { created: 0, configured: 0, deleted: 1, unchanged: 4, failed: 0 };
    const text = textOf(messageFor(eventOf({ counts, objects: [{ ...deployment, action: "deleted", code: "Pruned" }, kept] })));
    expect(text).toContain("*1 deleted*\n• deleted `Deployment production/web`\n• kept `Service production/web`: `Prune=false`");
  });

  it("says that there was nothing to change", () => {
    const counts = { created: 0, configured: 0, deleted: 0, unchanged: 12, failed: 0 };
    expect(textOf(messageFor(eventOf({ counts, objects: [] })))).toContain("*nothing to change, 12 objects in sync*");
  });

  it("names as many objects as Slack takes and counts the rest", () => {
    const objects = Array.from({ length: 50 }, (_, at) => ({
      ...deployment,
      key: { ...deployment.key, name: `${"very-long-name-".repeat(14)}${at}` },
    }));
    const text = textOf(messageFor(eventOf({ objects })));
    const named = text.match(/configured `/g)?.length ?? 0;
    expect(named).toBeGreaterThan(5);
    expect(text).toContain(`… and ${50 - named} more`);
  });

  it("links to the Application where the installation says at which address people see it", () => {
    const message = messageFor(eventOf(), { link: "https://fairlead.example.com/applications/" });
    expect(textOf(message)).toContain("✅ *<https://fairlead.example.com/applications/web-production|web-production>* is synced");
    expect(textOf(messageFor(eventOf(), { link: "javascript:alert(1)//" }))).toContain("✅ *`web-production`* is synced");
  });

  it.each([
    ["manual", { trigger: "manual", pusher: "grace" }, "asked for by grace, written by Ada Lovelace"],
    ["its own pusher as author", { pusher: "Ada Lovelace" }, "pushed by Ada Lovelace"],
    ["an unknown pusher", { pusher: "" }, "written by Ada Lovelace"],
    ["a poll", { trigger: "schedule", pusher: "" }, "written by Ada Lovelace, seen by the scan"],
  ] as const)("names the people of a sync by %s", (_, changes, people) => {
    expect(textOf(messageFor(eventOf(changes)))).toContain(`Scale to 3 · ${people}\n`);
  });

  it("names a chart's version in full, without a link", () => {
    const { commit: _commit, ...chart } = eventOf({ repository: "https://charts.example.com", revision: "1.2.3-rc.1" });
    expect(textOf(messageFor(chart))).toContain("`1.2.3-rc.1`");
  });
});

describe("a message about trouble", () => {
  it("gives the first real reason in full, with file and line", () => {
    const reason = "charts/web/templates/deployment.yaml:12: unexpected {{end}}\nin charts/web";
    const text = textOf(messageFor(eventOf({ kind: "failed", reason, counts: { ...eventOf().counts, failed: 3 } })));
    expect(text).toContain("❌ *`web-production`* could not be synced on `harbor/production`");
    expect(text).toContain(reason);
    expect(text).toContain("3 objects failed");
  });

  it("names the objects that failed when no reason was given", () => {
    const refused = { ...deployment, action: "unknown", code: "SyncFailed", message: "spec.replicas: must be at least 0" } as const;
    const { reason: _reason, ...failed } = eventOf({ kind: "failed", objects: [refused] });
    expect(textOf(messageFor(failed))).toContain("• failed `Deployment production/web`: `spec.replicas: must be at least 0`");
  });

  it("tells of degraded health and blames nobody for it", () => {
    const text = textOf(
      messageFor(eventOf({ kind: "degraded", reason: "Deployment production/web: 0 of 3 replicas are ready", trigger: "schedule" })),
    );
    expect(text).toContain("🔥 *`web-production`* is degraded on `harbor/production`");
    expect(text).toContain("0 of 3 replicas are ready");
    expect(text).not.toContain("grace");
  });

  it("says how to give the yes that is waited for", () => {
    const text = textOf(messageFor(eventOf({ kind: "waiting-for-approval", reason: "12 of 14 children would be removed" })));
    expect(text).toContain("12 of 14 children would be removed\nTo go on: `npx fairlead approve web-production`");
  });
});

describe("a message about drift", () => {
  const replicas = { path: "spec.replicas", desired: "3", live: "5", manager: "kubectl-scale", time: "2026-05-04T09:58:07Z" };

  it("names the field, both values, and the manager and time that the cluster records", () => {
    const text = textOf(
      messageFor(eventOf({ kind: "drift-healed", trigger: "self-heal", objects: [{ ...deployment, fields: [replicas] }] })),
    );
    expect(text).toContain("🩹 *`web-production`* had drifted and is healed on `harbor/production`");
    expect(text).toContain(
      "• `Deployment production/web` `spec.replicas` was `5`, should be `3`, by `kubectl-scale` at 2026-05-04 09:58:07 UTC",
    );
  });

  it("says what it does not know by leaving it out", () => {
    const { manager: _manager, time: _time, live: _live, ...removed } = replicas;
    const fields = [removed, { ...replicas, time: "never" }];
    const text = textOf(messageFor(eventOf({ kind: "drift-found", objects: [{ ...deployment, fields }] })));
    expect(text).toContain("`spec.replicas` was absent, should be `3`\n");
    expect(text).toMatch(/should be `3`, by `kubectl-scale`$/);
  });

  it("names objects that were deleted by hand", () => {
    const text = textOf(messageFor(eventOf({ kind: "drift-healed", objects: [{ ...deployment, action: "created" }] })));
    expect(text).toContain("• `Deployment production/web` had been deleted");
    const gone = { ...deployment, action: "unknown", message: "Deployment production/web was deleted" } as const;
    expect(textOf(messageFor(eventOf({ kind: "drift-found", objects: [gone] })))).toContain("• `Deployment production/web was deleted`");
  });
});

describe("a message that is changed", () => {
  it("keeps what the sync did when the Application turns healthy", () => {
    const { reason: _reason, ...healthy } = eventOf({
      kind: "healthy",
      objects: [],
      counts: { created: 0, configured: 0, deleted: 0, unchanged: 0, failed: 0 },
    });
    const text = textOf(messageFor(healthy, { earlier: eventOf() }));
    expect(text).toContain("💚 *`web-production`* is healthy on `harbor/production`");
    expect(text).toContain("*1 created, 1 configured*\n• configured `Deployment production/web`");
  });
});
