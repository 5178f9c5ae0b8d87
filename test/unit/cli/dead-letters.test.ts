import { describe, expect, it } from "vitest";
import { keys } from "../../../shared/state/items.ts";
import { rememberFailure } from "../../../shared/state/last-failures.ts";
import { wantRef } from "../../../shared/state/refs.ts";
import { now, openStack } from "./world.ts";

const day = 86_400_000;
let letters = 0;
const letter = (body: unknown, age = 7 * day) => ({
  id: `letter-${++letters}`,
  body: typeof body === "string" ? body : JSON.stringify(body),
  sentAt: now - age,
});

describe("F-27: fairlead dead-letters", () => {
  it("says that there are none", async () => {
    const { fairlead } = await openStack();
    expect(await fairlead("dead-letters")).toMatchObject({ out: "No dead letters.", exitCode: 0 });
  });

  it("says what each is about, since when, why it came there as far as known, and what it would do now", async () => {
    const { fairlead, json, table, deadLetters } = await openStack();
    await wantRef(table, { repository: "github.com/org/repo", ref: "refs/heads/main", deliveryId: "1", at: now });
    deadLetters.pushes.bury(letter({ v: 1, kind: "ref", repository: "github.com/org/repo", ref: "refs/heads/main" }));
    const why = letter({ v: 1, application: "web" }, 2 * day);
    await rememberFailure(table, { now: () => now })(why.id, { code: "ClusterUnreachable", reason: "cluster harbor does not answer" });
    deadLetters["syncs-public"].bury(why);
    deadLetters["syncs-public"].bury(letter({ v: 1, application: "gone" }, day));
    deadLetters.notices.bury(letter("not JSON \u001b[31m"));
    const { out, exitCode } = await fairlead("dead-letters");
    expect(exitCode).toBe(1);
    expect(out.split("\n")).toEqual([
      "pushes: a push to refs/heads/main of github.com/org/repo, sent 7 d ago",
      "    why: its function died of it, ran out of time, or could not say why",
      "    now: the push is still to be fetched",
      "syncs-public: a sync of Application web, sent 2 d ago",
      "    why: cluster harbor does not answer",
      expect.stringMatching(/now: (still open|settled)/),
      "syncs-public: a sync of Application gone, sent 24 h ago",
      "    why: its function died of it, ran out of time, or could not say why",
      "    now: gone since then: nothing",
      "notices: not JSON  [31m, sent 7 d ago",
      "    why: a queue message is not JSON",
      "    now: stays here: redrive leaves it",
    ]);
    expect(await json("dead-letters pushes")).toMatchObject([{ queue: "pushes", sentAt: new Date(now - 7 * day).toISOString() }]);
  });

  it("names an Application whose item cannot be read", async () => {
    const { fairlead, table, deadLetters } = await openStack();
    await table.update(keys.state("web"), { set: { fence: "seven" } });
    deadLetters["syncs-public"].bury(letter({ v: 1, application: "web" }));
    expect((await fairlead("dead-letters")).out).toContain("its item in the table cannot be read");
  });

  it("knows the queue that was meant", async () => {
    const { fairlead } = await openStack();
    expect((await fairlead("dead-letters push")).error).toContain("did you mean pushes?");
  });
});

describe("F-27: fairlead redrive", () => {
  it("sends everything back, says so as it goes, and forgets why it had failed", async () => {
    const { fairlead, said, table, deadLetters } = await openStack();
    for (let at = 0; at < 25; at++) deadLetters["syncs-public"].bury(letter({ v: 1, application: "web" }));
    const failed = letter({ v: 1, application: "web", event: "1" });
    await rememberFailure(table, { now: () => now })(failed.id, { code: "SlackUnreachable", reason: "Slack is away" });
    await rememberFailure(table, { now: () => now - 20 * day })("thrown away by SQS", {
      code: "SlackUnreachable",
      reason: "Slack is away",
    });
    deadLetters.notices.bury(failed);
    expect((await fairlead("redrive")).out.split("\n")).toEqual(["syncs-public: 25 sent", "notices: 1 sent"]);
    expect(said).toEqual(["syncs-public: 10 sent", "syncs-public: 20 sent", "syncs-public: 25 sent", "notices: 1 sent"]);
    expect(deadLetters["syncs-public"].sent).toHaveLength(25);
    expect(table.items().filter(({ pk }) => pk === "dead")).toEqual([]);
    expect((await fairlead("redrive")).out).toBe("No dead letters.");
  });

  it("leaves what this release cannot read, unless it is told otherwise", async () => {
    const { fairlead, deadLetters } = await openStack();
    deadLetters.pushes.bury(letter({ v: 2, kind: "repository", repository: "github.com/org/repo" }));
    deadLetters.pushes.bury(letter({ v: 1, kind: "application", application: "web" }));
    expect((await fairlead("redrive pushes")).out).toBe(
      "pushes: 1 sent; 1 cannot be read by this release and stays (fairlead dead-letters pushes)",
    );
    expect((await fairlead("dead-letters pushes")).out).toContain("sent by a newer release");
    expect((await fairlead("redrive pushes --all")).out).toBe("pushes: 1 sent");
  });

  it("sends nothing in a dry run", async () => {
    const { fairlead, deadLetters } = await openStack();
    deadLetters.renders.bury(letter({ v: 1, input: "abc", applications: ["web"] }));
    expect((await fairlead("redrive --dry-run")).out).toBe("renders: 1 would be sent");
    expect(deadLetters.renders.sent).toEqual([]);
  });
});
