import { describe, expect, it } from "vitest";
import type { ApplicationEvent, EventKind } from "../../../shared/model/event.ts";
import { tellPeople } from "../../../shared/notify/tell-people.ts";
import { tellSummary } from "../../../shared/notify/tell-summary.ts";
import { eventOf } from "../../support/events.ts";
import { openNotify } from "../../support/notify-queue.ts";
import { botPlace, webhookPlace } from "../../support/notify-world.ts";

const kindOf =
  (kind: EventKind, more: Partial<ApplicationEvent> = {}) =>
  () => ({ kind, ...more });

describe("500 Applications that say the same", () => {
  it.each([
    ["a webhook", webhookPlace],
    ["a bot", botPlace],
  ])("are the first few messages and one more at %s", async (_, place) => {
    const { burst, run, slack, texts } = openNotify([place]);
    await burst(500);
    expect(slack.messages()).toHaveLength(5);
    await run(60);
    expect(slack.messages()).toHaveLength(6);
    expect(texts().at(-1)).toContain("495 more Applications");
    expect(texts().at(-1)).toContain("are synced");
    expect(texts().at(-1)).toContain("Scale to 3");
    await run(24 * 3_600);
    expect(slack.messages()).toHaveLength(6);
  });

  it("are told by number, names and reasons when they fail", async () => {
    const { burst, run, texts } = openNotify([webhookPlace]);
    await burst(300, (at) => ({ kind: "failed", reason: at % 3 === 0 ? "no such image" : "quota exceeded" }));
    await run(60);
    const text = texts().at(-1) ?? "";
    expect(text).toContain("295 more Applications could not be synced");
    expect(text).toMatch(/quota exceeded`: `app-10`/);
    expect(text).toMatch(/no such image`: .*more/);
    expect(text.indexOf("quota")).toBeLessThan(text.indexOf("no such image"));
  });

  it("of one cluster that is away are one more message, whatever commit each of them is at", async () => {
    const { burst, run, texts, slack } = openNotify([webhookPlace]);
    await burst(100, (at) => ({ kind: "failed", outage: true, reason: "harbor does not answer", revision: String(at) }));
    await run(60);
    expect(slack.messages()).toHaveLength(6);
    expect(texts().at(-1)).toContain("95 more Applications could not be synced on harbor");
  });

  it("fit into what Slack takes, with the longest names and reasons there are", async () => {
    const { burst, run, told, slack } = openNotify([webhookPlace]);
    await burst(400, (at) => ({ application: `${"a".repeat(240)}-${at}`, kind: "failed", reason: `${at % 7} ${'"<&'.repeat(200)}` }));
    await run(60);
    expect(told.filter(({ event }) => event === "notice-refused")).toEqual([]);
    expect(slack.messages()).toHaveLength(6);
  });

  it("are each their own where they have nothing in common, and at once", async () => {
    const { burst, slack } = openNotify([webhookPlace]);
    await burst(20, (at) => ({ revision: `${at}`, repository: `https://git.example.com/${at}.git` }));
    expect(slack.messages()).toHaveLength(20);
  });

  it("do not hold up what fails among them", async () => {
    const { burst, texts } = openNotify([webhookPlace]);
    await burst(50);
    await burst(1, () => ({ application: "broken", kind: "failed", reason: "no such image" }));
    expect(texts().at(-1)).toContain("broken could not be synced");
  });

  it("keep a later single one waiting for nothing", async () => {
    const { burst, run, slack, texts } = openNotify([webhookPlace]);
    await burst(50);
    await run(20 * 60);
    const before = slack.messages().length;
    await burst(1, () => ({ application: "late", operation: "8", id: "0000000002" }));
    expect(slack.messages()).toHaveLength(before + 1);
    expect(texts().at(-1)).toContain("late is synced");
  });
});

describe("a summary", () => {
  it("of a bot is changed as more comes in", async () => {
    const { burst, run, slack, texts } = openNotify([botPlace]);
    await burst(20);
    await run(30);
    await burst(30, (at) => ({ application: `other-${at}` }));
    await run(60);
    expect(slack.messages()).toHaveLength(6);
    expect(slack.messages().at(-1)).toMatchObject({ changes: 1 });
    expect(texts().at(-1)).toContain("45 more Applications");
  });

  it("of a webhook says only what is new, after ever longer pauses", async () => {
    const { burst, run, slack, texts } = openNotify([webhookPlace]);
    for (let minute = 0; minute < 10; minute++) {
      await burst(20, (at) => ({ application: `app-${minute}-${at}` }));
      await run(60);
    }
    await run(3_600);
    const summaries = texts().filter((text) => text.includes("more Applications"));
    expect(summaries.length).toBeLessThanOrEqual(6);
    const counts = summaries.map((text) => Number(/(\d+) more Applications/.exec(text)?.[1]));
    expect(counts.reduce((sum, count) => sum + count, 0) + slack.messages().length - summaries.length).toBe(200);
  });

  it("has the newest event of an Application: what turned healthy is not told twice", async () => {
    const { burst, run, slack, texts } = openNotify([botPlace]);
    await burst(30);
    await burst(30, kindOf("healthy", { id: "0000000002", objects: [] }));
    await run(60);
    expect(slack.messages()).toHaveLength(6);
    expect(texts().at(-1)).toContain("25 more Applications are healthy");
  });

  it("is none where operations begin: only how they end is summed up", async () => {
    const { burst, run, slack, texts } = openNotify([botPlace]);
    await burst(30, kindOf("running", { id: "0000000000-running" }));
    expect(slack.messages()).toHaveLength(5);
    await burst(30, kindOf("synced"));
    await run(60);
    expect(slack.messages().map(({ changes }) => changes)).toEqual([1, 1, 1, 1, 1, 0]);
    expect(texts().at(-1)).toContain("25 more Applications are synced");
  });

  it("of a single Application is that one's own message", async () => {
    const { burst, run, texts } = openNotify([webhookPlace]);
    await burst(6);
    await run(60);
    expect(texts().at(-1)).toContain("app-5 is synced");
    expect(texts().at(-1)).toContain("1 created, 1 configured");
  });

  it("is told once by two workers, and what comes meanwhile is told after it (F-07, F-08)", async () => {
    const { burst, world, slack, texts, waiting, pass } = openNotify([webhookPlace]);
    await burst(20);
    const [hint] = waiting.filter(({ body }) => "summary" in body);
    if (!hint || !("summary" in hint.body)) return expect.unreachable("somebody must come to tell it");
    const { send } = world.slack;
    const { body } = hint;
    world.slack.send = async (...given) => {
      world.slack.send = send;
      expect(await tellSummary(body, world)).toEqual({
        seconds: 15,
        again: { ...body, saw: { beat: 1, seconds: 15 } },
        group: webhookPlace.name,
      });
      await burst(1, () => ({ application: "meanwhile" }));
      return send(...given);
    };
    expect(await tellSummary(body, world)).toMatchObject({ again: body });
    expect(texts().at(-1)).toContain("15 more Applications");
    pass(60);
    expect(await tellSummary(body, world)).toBeUndefined();
    expect(await tellSummary(body, world)).toBeUndefined();
    expect(texts().at(-1)).toContain("meanwhile is synced");
    expect(slack.messages()).toHaveLength(7);
  });

  it("counts an event once that the queue brings five times (F-02, F-07)", async () => {
    const { burst, happened, world, run, texts } = openNotify([webhookPlace]);
    await burst(10);
    const message = await happened(eventOf({ application: "again" }));
    for (let time = 0; time < 5; time++) await tellPeople(message, world);
    await run(60);
    expect(texts().at(-1)).toContain("6 more Applications");
  });

  it("loses nothing when the worker dies at any write while it collects (F-01)", async () => {
    for (let dies = 1; dies <= 6; dies++) {
      const { burst, run, texts, happened, world, work, interrupt } = openNotify([webhookPlace]);
      await burst(10);
      const message = await happened(eventOf({ application: "interrupted" }));
      interrupt(dies);
      await tellPeople(message, world).catch(() => undefined);
      interrupt(undefined);
      // Its claim lapses before the queue brings the message again.
      await run(120);
      await work(message);
      await run(120);
      expect(texts().filter((text) => text.includes("interrupted"))).toHaveLength(1);
    }
  });
});

describe("a worker that dies while it tells a summary (F-01, F-07)", () => {
  it.each([webhookPlace, botPlace])("has told it, or the next one does: $name", async (place) => {
    for (let dies = 1; dies <= 8; dies++) {
      const { burst, run, texts, waiting, world, interrupt, slack } = openNotify([place]);
      await burst(8);
      const hint = waiting.find(({ body }) => "summary" in body)?.body;
      if (!hint || !("summary" in hint)) return expect.unreachable("somebody must come to tell it");
      interrupt(dies);
      await tellSummary(hint, world).catch(() => undefined);
      interrupt(undefined);
      const said = slack.messages().length;
      await run(600);
      expect(texts().filter((text) => text.includes("3 more Applications")).length).toBeGreaterThan(0);
      // What was sent and could not be written down is the only thing that may be said again.
      expect(slack.messages().length).toBeLessThanOrEqual(said + 1);
      expect(await tellSummary(hint, world)).toBeUndefined();
    }
  });
});

describe("what was summed up", () => {
  it("is cleared away after a day, by the news that follows", async () => {
    const { burst, run, keys } = openNotify([webhookPlace]);
    await burst(30);
    await run(60);
    const left = () => keys().filter((key) => key.startsWith("notices#"));
    expect(left()).toHaveLength(26);
    await run(25 * 3_600);
    await burst(1, () => ({ application: "next", operation: "8" }));
    expect(left()).toHaveLength(1);
  });
});
