import type { ApplicationEvent } from "../../shared/model/event.ts";
import type { Json } from "../../shared/model/json.ts";
import { readHistory } from "../../shared/state/events.ts";
import { findApplication } from "../applications.ts";
import { type Command, CommandError, UsageError } from "../command.ts";
import { ago, columns, oneLine, shortRevision } from "../layout.ts";
import { describeObjects } from "../objects.ts";

export const history: Command = {
  name: "history",
  parameters: "APPLICATION [ID]",
  summary: "Show what happened to an Application, newest first",
  details: "With an ID from the list: that operation with the result of each object.",
  options: { limit: { type: "string", short: "n", default: "20", about: "at most this many (default 20)" } },
  run: async ({ parameters: [name = "", id], text }, world) => {
    const { table } = await world.stack();
    await findApplication(table, name);
    const limit = Number(text("limit"));
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw new UsageError("--limit takes a whole number from 1 to 1000");
    const events = (await readHistory(table, name, id === undefined ? limit : 1_000)).items;
    if (id !== undefined) return describeEvent(events, name, id);
    return { text: events.length === 0 ? "Nothing has happened yet." : listEvents(events, world.now()), json: plain(events) };
  },
};

const listEvents = (events: readonly ApplicationEvent[], now: number): string =>
  columns([
    ["ID", "WHEN", "WHAT", "REVISION", "TRIGGER", "WHO", "OBJECTS", "TOOK", "REASON"],
    ...events.map((event) => [
      String(Number(event.id)),
      ago(Date.parse(event.at), now),
      event.kind,
      shortRevision(event.revision) || "-",
      event.trigger,
      oneLine(event.pusher ?? event.commit?.author ?? "-", 30),
      countsOf(event),
      event.durationMs === undefined ? "-" : `${(event.durationMs / 1000).toFixed(1)} s`,
      oneLine(event.reason ?? "", 80),
    ]),
  ]);

const describeEvent = (events: readonly ApplicationEvent[], name: string, id: string) => {
  const event = events.find((candidate) => Number(candidate.id) === Number(id));
  if (!event) throw new CommandError(`Application ${name} has no entry ${id}; fairlead history ${name} lists them`);
  const facts = columns([
    ["What:", event.kind],
    ["When:", event.at],
    ["Revision:", event.revision || "-"],
    ...(event.commit ? [["Commit:", oneLine(`${event.commit.message} (${event.commit.author})`)]] : []),
    ["Trigger:", `${event.trigger}${event.pusher === undefined ? "" : ` by ${oneLine(event.pusher, 40)}`}`],
    ["Objects:", countsOf(event)],
    ...(event.manifests === undefined ? [] : [["Manifests:", event.manifests]]),
    ...(event.reason === undefined ? [] : [["Reason:", oneLine(event.reason, 400)]]),
  ]);
  const lines = event.objects.length === 0 ? [] : describeObjects(event.objects);
  return { text: [facts, ...lines].join("\n"), json: plain(event) };
};

const countsOf = ({ counts }: ApplicationEvent): string =>
  (["created", "configured", "deleted", "failed"] as const)
    .flatMap((name) => (counts[name] === 0 ? [] : [`${counts[name]} ${name}`]))
    .join(", ") || (counts.unchanged === 0 ? "-" : `${counts.unchanged} unchanged`);

const plain = (value: object): Json => JSON.parse(JSON.stringify(value));
