import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import { placesOf } from "../../../shared/notify/places.ts";
import { tellPeople } from "../../../shared/notify/tell-people.ts";
import { tellSummary } from "../../../shared/notify/tell-summary.ts";
import { eventId, runningEventId } from "../../../shared/state/events.ts";
import { eventOf } from "../../support/events.ts";
import { botPlace, notifyWorld, webhookPlace } from "../../support/notify-world.ts";

const busy = (retryAfter?: number) => new Failure("SlackUnreachable", "Slack", "busy", retryAfter === undefined ? {} : { retryAfter });
const textsOf = (slack: ReturnType<typeof notifyWorld>["slack"]) => slack.messages().map(({ text }) => text);

describe("an event", () => {
  it("is told once at each place, however often the queue brings it (F-02)", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace, botPlace]);
    const message = await happened(eventOf());
    for (let time = 0; time < 5; time++) expect(await tellPeople(message, world)).toBeUndefined();
    expect(slack.messages().map(({ channel }) => channel)).toEqual(["webhook", "#deployments"]);
  });

  it("is told once when two workers get it at the same time (F-08)", async () => {
    const { world, slack, happened, pass } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    const waits = await Promise.all([tellPeople(message, world), tellPeople(message, world)]);
    expect(slack.messages()).toHaveLength(1);
    expect(waits.filter((seconds) => seconds !== undefined)).toHaveLength(1);
    pass(120);
    expect(await tellPeople(message, world)).toBeUndefined();
    expect(slack.messages()).toHaveLength(1);
  });

  it("is told only where its project is heard", async () => {
    const { world, slack, happened } = notifyWorld([
      { ...webhookPlace, projects: ["billing"] },
      { ...botPlace, projects: ["billing", "shop"] },
    ]);
    await tellPeople(await happened(eventOf({ project: "shop" })), world);
    expect(slack.messages().map(({ channel }) => channel)).toEqual(["#deployments"]);
  });

  it("that nobody wrote is nothing to tell", async () => {
    const { world, slack } = notifyWorld([webhookPlace]);
    expect(await tellPeople({ v: 1, application: "web", event: "0000000009" }, world)).toBeUndefined();
    expect(slack.messages()).toEqual([]);
  });
});

describe("a bot", () => {
  const running = eventOf({ id: "0000000001", kind: "running" });
  const synced = eventOf({ id: "0000000002" });
  const healthy = eventOf({ id: "0000000003", kind: "healthy", objects: [] });

  it("has one message for an operation and changes it as the operation goes on", async () => {
    const { world, slack, happened } = notifyWorld([botPlace]);
    for (const event of [running, synced, healthy]) await tellPeople(await happened(event), world);
    expect(slack.messages()).toHaveLength(1);
    expect(slack.messages()[0]).toMatchObject({ text: expect.stringContaining("is healthy"), changes: 2 });
    expect(JSON.stringify(slack.messages()[0]?.blocks)).toContain("1 created, 1 configured");
  });

  it("never shows an earlier step over a later one", async () => {
    const { world, slack, happened } = notifyWorld([botPlace]);
    const late = await happened(running);
    await tellPeople(await happened(synced), world);
    await tellPeople(late, world);
    expect(textsOf(slack)).toEqual([expect.stringContaining("is synced")]);
  });

  it("posts anew for another operation, and for drift", async () => {
    const { world, slack, happened } = notifyWorld([botPlace]);
    await tellPeople(await happened(synced), world);
    await tellPeople(await happened(eventOf({ id: "0000000003", kind: "drift-found" })), world);
    await tellPeople(await happened(eventOf({ id: "0000000004", operation: "8" })), world);
    expect(slack.messages().map(({ changes }) => changes)).toEqual([0, 0, 0]);
  });

  it.each([
    [14, [1]],
    [16, [0, 0]],
  ])(
    "that hears %s minutes later of degraded health: messages changed %j times, for nobody sees an old one change",
    async (minutes, changes) => {
      const { world, slack, happened, pass } = notifyWorld([botPlace]);
      await tellPeople(await happened(synced), world);
      pass(minutes * 60);
      const at = new Date(world.clock.now()).toISOString();
      await tellPeople(await happened(eventOf({ id: "0000000004", kind: "degraded", at })), world);
      expect(slack.messages().map((message) => message.changes)).toEqual(changes);
    },
  );

  it("posts anew when its message is gone", async () => {
    const { world, slack, happened } = notifyWorld([botPlace]);
    await tellPeople(await happened(running), world);
    const update = slack.update;
    world.slack.update = async () => "gone";
    await tellPeople(await happened(synced), world);
    world.slack.update = update;
    await tellPeople(await happened(healthy), world);
    expect(slack.messages().map(({ changes }) => changes)).toEqual([0, 1]);
  });
});

describe("a webhook, whose messages cannot be changed,", () => {
  it("hears how things end, not each step", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace]);
    for (const [at, kind] of (["running", "synced", "healthy"] as const).entries())
      await tellPeople(await happened(eventOf({ id: `000000000${at}`, kind })), world);
    expect(textsOf(slack)).toEqual([expect.stringContaining("is synced")]);
  });

  it("hears that an Application is healthy when it had heard that it was not", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace]);
    for (const [at, kind] of (["synced", "degraded", "healthy"] as const).entries())
      await tellPeople(await happened(eventOf({ id: `000000000${at}`, kind })), world);
    expect(textsOf(slack)).toEqual([
      expect.stringContaining("is synced"),
      expect.stringContaining("is degraded"),
      expect.stringContaining("is healthy"),
    ]);
  });
});

describe("trouble with Slack", () => {
  it("brings the message back after the pause that Slack asks for", async () => {
    const { world, slack, happened, told } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    slack.failNext(busy(17));
    expect(await tellPeople(message, world)).toEqual({ seconds: 17, again: message, group: "shop" });
    expect(told.map(({ event }) => event)).toEqual(["notice-delayed"]);
    expect(await tellPeople(message, world)).toBeUndefined();
    expect(slack.messages()).toHaveLength(1);
  });

  it("makes the pauses grow, up to a quarter of an hour", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    slack.failNext(...Array.from({ length: 9 }, () => busy()));
    const pauses: unknown[] = [];
    for (let time = 0; time < 9; time++) pauses.push((await tellPeople(message, world))?.seconds);
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900]);
  });

  it("at one place delays no other", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace, botPlace]);
    const message = await happened(eventOf());
    slack.failNext(busy(30));
    expect(await tellPeople(message, world)).toEqual({ seconds: 30, again: message, group: "shop" });
    expect(slack.messages().map(({ channel }) => channel)).toEqual(["#deployments"]);
    await tellPeople(message, world);
    expect(slack.messages().map(({ channel }) => channel)).toEqual(["#deployments", "webhook"]);
  });

  it("may tell twice only when the answer was lost (F-06)", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    slack.failNext("lost answer");
    await tellPeople(message, world);
    await tellPeople(message, world);
    await tellPeople(message, world);
    expect(slack.messages()).toHaveLength(2);
  });

  it("that will not pass is told to the journal and not tried again", async () => {
    const { world, slack, happened, told } = notifyWorld([{ ...botPlace, channel: "#nowhere" }]);
    const message = await happened(eventOf());
    expect(await tellPeople(message, world)).toBeUndefined();
    expect(await tellPeople(message, world)).toBeUndefined();
    expect(told).toMatchObject([{ event: "notice-refused", facts: { code: "SlackRefused", place: "bot", application: "web-production" } }]);
    expect(slack.messages()).toEqual([]);
  });

  it("for lack of a secret names the secret", async () => {
    const { world, happened, told } = notifyWorld([{ ...webhookPlace, secret: "not-there" }]);
    expect(await tellPeople(await happened(eventOf()), world)).toBeUndefined();
    expect(told).toMatchObject([
      { event: "notice-refused", facts: { code: "SecretMissing", reason: expect.stringContaining("not-there") } },
    ]);
  });

  it("for an hour ends without a storm: what was overtaken meanwhile is left out (F-32)", async () => {
    const { world, slack, queue, happened, pass, told } = notifyWorld([webhookPlace]);
    const messages = [];
    for (let at = 0; at < 60; at++) {
      const event = eventOf({ id: String(at).padStart(10, "0"), operation: String(at), at: new Date(world.clock.now()).toISOString() });
      messages.push(await happened(event));
      pass(60);
    }
    for (const message of messages) await tellPeople(message, world);
    for (const { body } of queue.sent) if ("summary" in body) await tellSummary(body, world);
    // What was overtaken is left out; of the last minutes' events each of the timely ones is told, and the newest of the late ones.
    expect(slack.messages().length).toBeLessThanOrEqual(6);
    expect(slack.messages().length).toBeGreaterThan(0);
    expect(told.filter(({ event }) => event === "notice-dropped")).toHaveLength(50);
  });

  it("leaves out what was overtaken while an operation is under way, too (F-32)", async () => {
    const { world, slack, happened, pass } = notifyWorld([webhookPlace]);
    const overtaken = await happened(eventOf({ id: eventId(1), operation: "1" }));
    await happened(eventOf({ id: eventId(2), operation: "2", kind: "failed" }));
    pass(20 * 60);
    await happened(eventOf({ id: runningEventId(2), operation: "3", kind: "running", at: new Date(world.clock.now()).toISOString() }));
    await tellPeople(overtaken, world);
    expect(slack.messages()).toEqual([]);
  });

  it("for more than a day is given up, and said to have been", async () => {
    const { world, slack, happened, pass, told } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    pass(24 * 3_600 + 1);
    expect(await tellPeople(message, world)).toBeUndefined();
    expect(slack.messages()).toEqual([]);
    expect(told).toMatchObject([{ event: "notice-dropped" }]);
  });

  it("of a day does not silence the newest event", async () => {
    const { world, slack, happened, pass } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    pass(20 * 3_600);
    await tellPeople(message, world);
    expect(slack.messages()).toHaveLength(1);
  });
});

describe("places", () => {
  it("are the rows of the installation file", () => {
    expect(
      placesOf([
        { name: "deployments", webhookSecret: "hook" },
        { name: "bot", tokenSecret: "token", channel: "#ops", projects: ["shop"] },
        { name: "half", tokenSecret: "token" },
      ]),
    ).toEqual([
      { kind: "slack-webhook", name: "deployments", secret: "hook" },
      { kind: "slack-bot", name: "bot", secret: "token", channel: "#ops", projects: ["shop"] },
    ]);
  });
});
