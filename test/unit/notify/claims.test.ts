import { describe, expect, it } from "vitest";
import { tellPeople } from "../../../shared/notify/tell-people.ts";
import { eventOf } from "../../support/events.ts";
import { notifyWorld, webhookPlace } from "../../support/notify-world.ts";

describe("an event that somebody is telling", () => {
  it("is told by the next one when its teller died, after a minute of waiting (F-01)", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace]);
    const event = eventOf();
    const message = await happened(event);
    expect((await world.notices.claim(event, webhookPlace.name)).state).toBe("claimed");
    let again: Awaited<ReturnType<typeof tellPeople>> = { seconds: 0, again: message, group: "default" };
    let waited = 0;
    while (again) {
      expect(slack.messages()).toHaveLength(0);
      waited += again.seconds;
      again = await tellPeople(again.again, world);
    }
    expect(waited).toBe(60);
    expect(slack.messages()).toHaveLength(1);
  });

  // Claims were compared with the clock of whoever looked: five minutes ahead, it took over from a teller that was at it, and told it twice.
  it("is not told by a second teller while the first one is at it, whatever their clocks say (F-10, F-07)", async () => {
    const { world, slack, happened, pass } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    const { send } = world.slack;
    world.slack.send = async (...given) => {
      world.slack.send = send;
      pass(300);
      expect(await tellPeople(message, world)).toMatchObject({ seconds: 15 });
      pass(-600);
      expect(await tellPeople(message, world)).toMatchObject({ seconds: 15 });
      return send(...given);
    };
    expect(await tellPeople(message, world)).toBeUndefined();
    expect(await tellPeople(message, world)).toBeUndefined();
    expect(slack.messages()).toHaveLength(1);
  });

  it("waits anew for a claim that changed hands while it waited", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace]);
    const event = eventOf();
    const message = await happened(event);
    const first = await world.notices.claim(event, webhookPlace.name);
    expect(first.state).toBe("claimed");
    if (first.state === "claimed") await world.notices.release(first);
    await world.notices.claim(event, webhookPlace.name);
    const saw = { [webhookPlace.name]: { beat: 1, seconds: 60 } };
    expect(await tellPeople({ ...message, saw }, world)).toEqual({
      seconds: 15,
      again: { ...message, saw: { [webhookPlace.name]: { beat: 2, seconds: 15 } } },
      group: "shop",
    });
    expect(slack.messages()).toHaveLength(0);
  });

  it("of a claim that was taken over cannot be recorded by the one who lost it (F-09)", async () => {
    const { world, happened } = notifyWorld([webhookPlace]);
    const event = eventOf();
    await happened(event);
    const lost = await world.notices.claim(event, webhookPlace.name);
    await world.notices.claim(event, webhookPlace.name, { beat: 1, seconds: 60 });
    if (lost.state === "claimed") await world.notices.record(lost);
    expect((await world.notices.claim(event, webhookPlace.name, { beat: 2, seconds: 60 })).state).toBe("claimed");
  });
});
