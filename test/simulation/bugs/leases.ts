import type { Bug } from "../bug.ts";
import { isState, withItems, without, withUpdates } from "./changed-calls.ts";

const isAcquiring = (set: object | undefined): boolean => set !== undefined && "owner" in set;
const isReleasing = (remove: readonly string[] | undefined): boolean => remove?.includes("owner") === true;

/** Everything that makes one writer of many. */
export const leaseBugs: readonly Bug[] = [
  {
    name: "the lease is taken whoever holds it",
    table: (table, { invocation }) =>
      invocation.fn === "sync"
        ? withItems(
            withUpdates(table, ({ key, change, condition }) =>
              isState(key) && isAcquiring(change.set) ? { key, change, condition: { v: { present: true } } } : { key, change, condition },
            ),
            ({ owner: _, ...item }) => ({ ...item, pk: item.pk, sk: item.sk, v: item.v }),
          )
        : table,
  },
  {
    name: "a holder that lost its lease goes on: no fence with the beat",
    shownBy: "F-09",
    table: (table) =>
      withUpdates(table, ({ key, change, condition }) =>
        isState(key) && change.add?.beat !== undefined && !isAcquiring(change.set)
          ? { key, change, condition: { v: { present: true } } }
          : { key, change, condition },
      ),
  },
  {
    name: "the lease is given back without its fence",
    shownBy: "F-09",
    table: (table) =>
      withUpdates(table, ({ key, change, condition }) =>
        isState(key) && isReleasing(change.remove)
          ? { key, change, condition: without(condition, "owner", "fence") }
          : { key, change, condition },
      ),
  },
  {
    name: "the generation is not checked when the lease is given back",
    table: (table) =>
      withUpdates(table, async ({ key, change, condition }) => {
        if (!isState(key) || !isReleasing(change.remove) || change.set?.observedGeneration === undefined) return { key, change, condition };
        // Whatever is wished for by then counts as seen.
        const desired = (await table.get(key))?.desiredGeneration;
        const set = { ...change.set, ...(typeof desired === "number" && { observedGeneration: desired }) };
        return { key, change: { ...change, set }, condition: without(condition, "desiredGeneration") };
      }),
  },
  {
    name: "the lease is not given back",
    table: (table) =>
      withUpdates(table, ({ key, change, condition }) =>
        isState(key) && isReleasing(change.remove)
          ? { key, change: { ...change, remove: change.remove?.filter((name) => name !== "owner") ?? [] }, condition }
          : { key, change, condition },
      ),
  },
  {
    name: "the lease is judged by the local clock",
    shownBy: "F-10",
    ports: (ports, { invocation }) => {
      if (invocation.fn !== "sync") return ports;
      const { clock } = ports;
      // Held since the wish, as far as this clock knows.
      const isOver = (desiredAt: unknown): boolean => typeof desiredAt === "number" && clock.now() - desiredAt > 60_000;
      const table = withUpdates(
        withItems(ports.table, (item) => {
          if (item.sk !== "state" || !isOver(item.desiredAt)) return item;
          const { owner: _, ...rest } = item;
          return { ...rest, pk: item.pk, sk: item.sk, v: item.v };
        }),
        ({ key, change, condition }) =>
          isState(key) && isAcquiring(change.set) ? { key, change, condition: without(condition, "owner") } : { key, change, condition },
      );
      return { ...ports, table };
    },
  },
  {
    name: "the wish is marked as seen before it is served",
    table: (table, { invocation }) =>
      invocation.fn === "sync"
        ? withUpdates(table, async ({ key, change, condition }) => {
            if (!isState(key) || !isAcquiring(change.set)) return { key, change, condition };
            const desired = (await table.get(key))?.desiredGeneration;
            const set = { ...change.set, ...(typeof desired === "number" && { observedGeneration: desired }) };
            return { key, change: { ...change, set, remove: ["dueAt", "dueShard"] }, condition };
          })
        : table,
  },
];
