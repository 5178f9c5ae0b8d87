import type { ApplicationEvent } from "../../shared/model/event.ts";
import type { Json } from "../../shared/model/json.ts";
import { readHistory } from "../../shared/state/events.ts";
import { readOperation } from "../../shared/state/operations.ts";
import { findApplication } from "../applications.ts";
import { type Command, CommandError, type Stack, UsageError } from "../command.ts";
import { entryObjects } from "../entry-objects.ts";
import { ago, columns, oneLine, shortRevision } from "../layout.ts";
import { describeObjects } from "../objects.ts";
import { canRollBackTo, outputNow } from "../rollback-entries.ts";

export const history: Command = {
  name: "history",
  parameters: "APPLICATION [ID]",
  summary: "Show what happened to an Application, newest first",
  details:
    "With an ID from the list: that operation with the result of every object. ROLLBACK says which entries fairlead rollback APPLICATION ID takes.",
  options: { limit: { type: "string", short: "n", default: "20", about: "at most this many (default 20)" } },
  run: async ({ parameters: [name = "", id], text }, world) => {
    const stack = await world.stack();
    const { table } = stack;
    const { state } = await findApplication(table, name);
    const limit = Number(text("limit"));
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw new UsageError("--limit takes a whole number from 1 to 1000");
    const events = (await readHistory(table, name, id === undefined ? limit : 1_000)).items;
    if (id !== undefined) return describeEvent(events, name, id, stack);
    if (events.length === 0) return { text: "Nothing has happened yet.", json: [] };
    const standing = outputNow(state, events, await readOperation(table, name));
    return { text: listEvents(events, standing, world.now()), json: events.map((event) => withRollback(event, standing)) };
  },
};

const listEvents = (events: readonly ApplicationEvent[], standing: string | undefined, now: number): string =>
  columns([
    ["ID", "WHEN", "WHAT", "REVISION", "TRIGGER", "WHO", "OBJECTS", "TOOK", "ROLLBACK", "REASON"],
    ...events.map((event) => [
      String(Number(event.id)),
      ago(Date.parse(event.at), now),
      event.kind,
      shortRevision(event.revision) || "-",
      event.trigger,
      oneLine(event.pusher ?? event.commit?.author ?? "-", 30),
      countsOf(event),
      event.durationMs === undefined ? "-" : `${(event.durationMs / 1000).toFixed(1)} s`,
      rollbackTo(event, standing),
      oneLine(event.reason ?? "", 80),
    ]),
  ]);

/** Whether `fairlead rollback` takes it: what stands in the cluster needs none. */
const rollbackTo = (event: ApplicationEvent, standing: string | undefined): string => {
  if (!canRollBackTo(event)) return "-";
  return event.manifests === standing ? "stands" : "yes";
};

const describeEvent = async (events: readonly ApplicationEvent[], name: string, id: string, stack: Stack) => {
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
  const objects = await entryObjects(event, stack);
  const lines = objects.length === 0 ? [] : describeObjects(objects);
  return { text: [facts, ...lines].join("\n"), json: plain({ ...event, objects }) };
};

const countsOf = ({ counts }: ApplicationEvent): string =>
  (["created", "configured", "deleted", "failed"] as const)
    .flatMap((name) => (counts[name] === 0 ? [] : [`${counts[name]} ${name}`]))
    .join(", ") || (counts.unchanged === 0 ? "-" : `${counts.unchanged} unchanged`);

const withRollback = (event: ApplicationEvent, standing: string | undefined): Json =>
  plain({ ...event, canRollBackTo: rollbackTo(event, standing) === "yes" });

const plain = (value: object): Json => JSON.parse(JSON.stringify(value));
