import type { Key } from "../../../shared/ports/table.ts";
import type { Bug } from "../bug.ts";
import { withItems, withUpdates } from "./changed-calls.ts";

const isSlots = ({ sk }: Key): boolean => sk === "slots";
const isGrant = (name: string): boolean => name.startsWith("grant:");

/** Everything by which somebody asks a cluster for more than is theirs. */
export const turnBugs: readonly Bug[] = [
  {
    name: "no slot is kept for a project that holds none: whoever comes seems to be one",
    shownBy: "F-26",
    table: (table) =>
      withItems(table, (item) => {
        if (!isSlots(item)) return item;
        const fields = Object.entries(item).map(([name, value]) => [name, isGrant(name) ? `${value}, another` : value]);
        return { ...Object.fromEntries(fields), pk: item.pk, sk: item.sk, v: item.v };
      }),
  },
  {
    name: "a grant is given back, and its slots are not",
    shownBy: "F-26",
    table: (table) =>
      withUpdates(table, ({ key, change, condition }) => {
        if (!isSlots(key) || !change.remove?.some(isGrant)) return { key, change, condition };
        const { used: _, ...add } = change.add ?? {};
        return { key, change: { ...change, add }, condition };
      }),
  },
  {
    name: "requests to a cluster are not paced",
    shownBy: "F-26",
    ports: (ports) => ({ ...ports, pause: async () => undefined }),
  },
];
