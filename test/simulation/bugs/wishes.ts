import type { Bug } from "../bug.ts";
import { isState, withItems, without, withUpdates } from "./changed-calls.ts";

/** Everything by which a wish is lost, or an older one wins. */
export const wishBugs: readonly Bug[] = [
  {
    name: "a fetch that was overtaken is believed: its older revision, and that it is done",
    shownBy: "F-21",
    // Either of the two alone does no harm: the other one has the ref fetched anew.
    table: (table) =>
      withUpdates(table, ({ key, change, condition }) => ({
        key,
        change,
        condition: condition && without(condition, "evaluations", "done", "head", "begun"),
      })),
  },
  {
    name: "a wish is not due for the sweeper",
    shownBy: "F-04",
    table: (table, { invocation }) =>
      invocation.fn === "fetch"
        ? withUpdates(table, ({ key, change, condition }) => {
            if (!isState(key)) return { key, change, condition };
            const { dueAt: _, dueShard: __, ...set } = change.set ?? {};
            return { key, change: { ...change, set, remove: [...(change.remove ?? []), "dueAt", "dueShard"] }, condition };
          })
        : table,
  },
  {
    name: "the sweeper sends no hints",
    ports: (ports, { invocation }) =>
      invocation.fn === "scan"
        ? { ...ports, queue: (name) => (name === "notices" ? ports.queue(name) : { send: async () => undefined }) }
        : ports,
  },
  {
    name: "a message is acknowledged before its work is done",
    rare: true,
    answer: (_fn, answer) =>
      typeof answer === "object" && answer !== null && "batchItemFailures" in answer ? { batchItemFailures: [] } : answer,
  },
  {
    name: "an old release writes over what a newer one wrote",
    shownBy: "F-28",
    table: (table) =>
      withUpdates(table, ({ key, change, condition: { v, ...condition } = {} }) => ({
        key,
        change,
        condition: v && "equals" in v ? { ...condition, v: { present: true } } : condition,
      })),
  },
  {
    name: "a delivery that comes twice counts twice",
    table: (table, { invocation }) =>
      invocation.fn === "webhook"
        ? withUpdates(
            withItems(table, (item) => ({ ...item, deliveries: [] })),
            async ({ key, change, condition }) => {
              const known = (await table.get(key))?.deliveries;
              const added = change.set?.deliveries;
              const deliveries = [...(Array.isArray(known) ? known : []), ...(Array.isArray(added) ? added : [])];
              return { key, change: { ...change, set: { ...change.set, deliveries } }, condition };
            },
          )
        : table,
  },
  {
    name: "an empty render is believed",
    table: (table, { invocation }) =>
      invocation.fn === "sync"
        ? withItems(table, (item) => {
            if (item.sk !== "spec") return item;
            const copy = JSON.parse(JSON.stringify(item));
            copy.application.syncPolicy.automated.allowEmpty = true;
            return copy;
          })
        : table,
  },
];
