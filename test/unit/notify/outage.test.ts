import { describe, expect, it } from "vitest";
import { openNotify } from "../../support/notify-queue.ts";
import { botPlace, webhookPlace } from "../../support/notify-world.ts";

describe("Slack is away for an hour (F-32)", () => {
  it("and no storm follows: what came meanwhile is summed up", async () => {
    const { burst, run, slack, texts, outage } = openNotify([webhookPlace]);
    outage(true);
    for (let minute = 0; minute < 60; minute++) {
      await burst(3, (at) => ({
        application: `app-${minute}-${at}`,
        repository: `https://git.example.com/${minute}-${at}.git`,
        kind: at === 0 ? "failed" : "synced",
      }));
      await run(60);
    }
    outage(false);
    await run(3 * 3_600);
    expect(slack.messages().length).toBeLessThanOrEqual(12);
    const all = texts();
    const late = all.filter((text) => text.includes("could not be told in time"));
    expect(late.length).toBeGreaterThan(0);
    const counted = late.map((text) => Number(/(\d+) Applications/.exec(text)?.[1])).reduce((sum, count) => sum + count, 0);
    expect(counted + all.length - late.length).toBe(180);
    expect(late.join()).toMatch(/\d+ could not be synced/);
  });

  it("and 500 Applications of one commit are a few messages when it is back", async () => {
    const { burst, run, slack, outage } = openNotify([botPlace]);
    outage(true);
    await burst(500);
    await run(3_600);
    expect(slack.messages()).toEqual([]);
    outage(false);
    await run(3_600);
    expect(slack.messages().length).toBeLessThanOrEqual(3);
  });
});
