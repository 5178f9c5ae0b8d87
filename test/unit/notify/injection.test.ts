import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../infra/local/stand-ins/slack-blocks.ts";
import { type ApplicationEvent, eventKinds } from "../../../shared/model/event.ts";
import { messageFor } from "../../../shared/notify/slack/message.ts";
import type { SlackMessage } from "../../../shared/ports/slack.ts";
import { deployment, eventOf } from "../../support/events.ts";

/** Every text that Slack reads as markup: the fallback and mrkdwn, not plain or preformatted text. */
const markupOf = ({ text, blocks }: SlackMessage): readonly string[] => [
  text,
  ...blocks.flatMap((block) => {
    if (block.type === "section") return [block.text.text];
    return block.type === "context" ? block.elements.flatMap((element) => (element.type === "mrkdwn" ? [element.text] : [])) : [];
  }),
];

/** Everything between `<` and `>` that is not one of our own links. */
const foreignMarkup = (message: SlackMessage): readonly string[] =>
  markupOf(message).flatMap((text) =>
    (text.match(/<[^>]*>?/g) ?? []).filter((found) => !/^<https?:\/\/[^<>|\s]+\|[^<>|`*]+>$/.test(found)),
  );

/** The same hostile text at every place that a repository, a cluster or a Git host fills. */
const everywhere = (text: string, kind: ApplicationEvent["kind"]): ApplicationEvent =>
  eventOf({
    kind,
    application: text,
    cluster: text,
    namespace: text,
    repository: text,
    revision: text,
    commit: { sha: text, author: text, message: text, committedAt: text },
    pusher: text,
    reason: text,
    objects: [
      {
        ...deployment,
        key: { group: text, kind: text, namespace: text, name: text },
        message: text,
        fields: [{ path: text, desired: text, live: text, manager: text, time: text }],
      },
      { ...deployment, key: { ...deployment.key, name: text }, code: "SyncFailed", message: text },
    ],
  });

const kinds = eventKinds;

describe("foreign text in a message (S-08)", () => {
  it.each([
    "<!channel>",
    "<!here|look>",
    "<@U024BE7LH>",
    "<#C024BE7LR>",
    "<!subteam^SAZ94GDB8>",
    "<https://evil.example|https://github.com>",
    "` <!channel> `",
    "```\n<!channel>\n```",
    "a>b & c<d",
    "&lt;!channel&gt;",
    "javascript:alert(1)",
    "https://evil.example/<!channel>|x",
    "git@github.com:acme/web|<!channel>.git",
  ])("%j is shown and never acts", (text) => {
    for (const kind of kinds) {
      const message = messageFor(everywhere(text, kind), { link: "https://fairlead.example.com/" });
      expect(foreignMarkup(message)).toEqual([]);
    }
  });

  it("cannot leave its code by a backtick", () => {
    const [title = ""] = markupOf(messageFor(everywhere("x` *bold* `y", "synced"))).slice(1);
    expect(title.match(/`/g)).toHaveLength(4);
  });

  it("cannot hide or turn text around", () => {
    const message = JSON.stringify(messageFor(everywhere("a\u202eb\u200bc\u0000d\u001b[31me\ufefff", "failed")));
    expect(message).not.toMatch(/[\u202e\u200b\ufeff]|\\u0000|\\u001b/);
  });

  it("gives a message that Slack takes, whatever it is", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 6_000 }),
      fc
        .constantFrom("<", "&", "`", "*", "\n", "<!channel>", "\ud800", "👩‍👩‍👧‍👦")
        .chain((piece) => fc.nat(5_000).map((times) => piece.repeat(times))),
    );
    fc.assert(
      fc.property(hostile, fc.constantFrom(...kinds), fc.nat(60), (text, kind, times) => {
        const event = everywhere(text, kind);
        const message = messageFor({ ...event, objects: Array.from({ length: times }, () => event.objects).flat() }, { earlier: event });
        expect(checkMessage(JSON.parse(JSON.stringify(message)))).not.toHaveProperty("error");
        expect(message.blocks.length).toBeGreaterThan(0);
        expect(foreignMarkup(message)).toEqual([]);
        expect(JSON.stringify(message)).not.toMatch(/\\ud[89a-f]/i);
      }),
      { numRuns: 300 },
    );
  });

  it("stays below what Slack takes in all, even where JSON doubles every character", () => {
    const event = { ...everywhere('"'.repeat(6_000), "degraded"), objects: Array.from({ length: 30 }, () => deployment) };
    const quoted = everywhere('"'.repeat(200), "synced");
    const earlier = { ...quoted, objects: Array.from({ length: 30 }, () => quoted.objects).flat() };
    expect(checkMessage(messageFor(event, { earlier }))).not.toHaveProperty("error");
  });
});
