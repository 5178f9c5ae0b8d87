import type { Table } from "../../../shared/ports/table.ts";
import type { Bug } from "../bug.ts";

type Entry = Pick<Parameters<Table["delete"]>[0], "pk">;

/** Whoever tells people deletes this as well, before each entry that it deletes. */
const besideEntries =
  (deleteMore: (table: Table, entry: Entry) => Promise<void>): NonNullable<Bug["table"]> =>
  (table, { invocation }) =>
    invocation.fn === "notify"
      ? {
          ...table,
          delete: async (key, condition) => {
            if (key.sk.startsWith("event#")) await deleteMore(table, key);
            return table.delete(key, condition);
          },
        }
      : table;

/** Everything by which a history loses what is needed. */
export const historyBugs: readonly Bug[] = [
  {
    name: "the clean-up takes the newest entry with the old ones",
    shownBy: "F-34",
    table: besideEntries(async (table, { pk }) => {
      const [newest] = (await table.query({ pk, prefix: "event#", descending: true, limit: 1 })).items;
      if (newest) await table.delete({ pk: newest.pk, sk: newest.sk });
    }),
  },
  {
    name: "the clean-up forgets what was told of entries that stay",
    shownBy: "F-34",
    table: besideEntries(async (table, entry) => {
      for (const { pk, sk } of (await table.query({ pk: entry.pk, prefix: "notice#" })).items) await table.delete({ pk, sk });
    }),
  },
];
