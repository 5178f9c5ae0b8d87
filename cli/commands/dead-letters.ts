import { closest } from "../../shared/model/field-problem.ts";
import type { DeadLetters } from "../../shared/ports/dead-letters.ts";
import { forgetFailures, forgetOldFailures } from "../../shared/state/last-failures.ts";
import { type Command, CommandError, type Stack } from "../command.ts";
import { type Described, describeLetters, isReadable } from "../dead-letters.ts";
import { ago, oneLine } from "../layout.ts";

/** Letters that are read and shown of each queue. */
const most = 500;
/** SQS keeps a message for 14 days at most: what is known of older ones is of no use. Milliseconds. */
const kept = 15 * 86_400_000;

export const deadLetters: Command = {
  name: "dead-letters",
  parameters: "[QUEUE]",
  summary: "Show messages that failed too often: what each is about, since when, why",
  details: [
    "They only name something to look at, and the sweeper sends what is open again in any case: none of them is work that is lost.",
    "Looking hides them from others for a moment. SQS keeps them for 14 days from the time that they were first sent. Ends with 1 when there are any.",
  ].join("\n"),
  options: {},
  run: async ({ parameters: [name] }, world) => {
    const stack = await world.stack();
    const described: (Described & { readonly queue: string })[] = [];
    for (const [queue, letters] of queuesOf(stack, name)) {
      const found = await describeLetters(queue, await letters.look(most), stack.table);
      described.push(...found.map((each) => ({ ...each, queue })));
    }
    const text = described.length === 0 ? "No dead letters." : described.flatMap((each) => linesOf(each, world.now())).join("\n");
    return { text, json: described.map(factsOf), ...(described.length === 0 ? {} : { exitCode: 1 }) };
  },
};

export const redrive: Command = {
  name: "redrive",
  parameters: "[QUEUE]",
  summary: "Send dead letters back to their queues, once their cause is gone",
  details: [
    "Harmless at any time: a message only names something to look at. What is gone or settled by then costs a look.",
    "What this release cannot read stays where it is: a newer one sent it, or somebody else did. --all sends it, too.",
  ].join("\n"),
  options: {
    "dry-run": { type: "boolean", about: "say what would be sent, and send nothing" },
    all: { type: "boolean", about: "what this release cannot read as well" },
  },
  run: async ({ parameters: [name], flag }, world) => {
    const stack = await world.stack();
    const queues = queuesOf(stack, name);
    const isWanted = (queue: string) => (letter: Described["letter"]) => flag("all") || isReadable(queue, letter);
    const counts: { readonly queue: string; readonly moved: number; readonly left: number }[] = [];
    for (const [queue, letters] of queues) {
      if (flag("dry-run")) {
        const found = await letters.look(most);
        const moved = found.filter(isWanted(queue)).length;
        counts.push({ queue, moved, left: found.length - moved });
        continue;
      }
      let moved = 0;
      const answer = await letters.redrive(isWanted(queue), async (sent) => {
        moved += sent.length;
        world.say(`${queue}: ${moved} sent`);
        await forgetFailures(
          stack.table,
          sent.map(({ id }) => id),
        );
      });
      counts.push({ queue, ...answer });
    }
    if (!flag("dry-run")) await forgetOldFailures(stack.table, world.now() - kept);
    const verb = flag("dry-run") ? "would be sent" : "sent";
    const lines = counts.filter(({ moved, left }) => moved + left > 0).map((count) => lineOf(count, verb));
    return { text: lines.length === 0 ? "No dead letters." : lines.join("\n"), json: counts.map((count) => ({ ...count })) };
  },
};

const lineOf = ({ queue, moved, left }: { readonly queue: string; readonly moved: number; readonly left: number }, verb: string): string =>
  `${queue}: ${moved} ${verb}${left === 0 ? "" : `; ${left} cannot be read by this release and ${left === 1 ? "stays" : "stay"} (fairlead dead-letters ${queue})`}`;

const queuesOf = ({ deadLetters: queues }: Stack, name: string | undefined): readonly (readonly [string, DeadLetters])[] => {
  const all = Object.entries(queues);
  if (name === undefined) return all;
  const chosen = all.filter(([queue]) => queue === name);
  const names = all.map(([queue]) => queue);
  const meant = closest(name, names);
  if (chosen.length === 0)
    throw new CommandError(
      `there is no queue ${name}; ${meant === undefined ? `there are ${names.join(", ")}` : `did you mean ${meant}?`}`,
    );
  return chosen;
};

const linesOf = ({ queue, letter, about, why, now }: Described & { readonly queue: string }, at: number): readonly string[] => [
  `${queue}: ${oneLine(about ?? letter.body, 160)}, sent ${ago(letter.sentAt, at)}`,
  `    why: ${oneLine(why, 400)}`,
  `    now: ${now}`,
];

const factsOf = ({ queue, letter, about, why, now }: Described & { readonly queue: string }) => ({
  queue,
  id: letter.id,
  about: about ?? null,
  message: letter.body,
  sentAt: new Date(letter.sentAt).toISOString(),
  why,
  now,
});
