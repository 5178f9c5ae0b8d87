import type { Bug } from "../bug.ts";

/** Everything by which a history loses what is needed. */
export const historyBugs: readonly Bug[] = [
  {
    name: "the clean-up takes the newest entry with the old ones",
    shownBy: "F-34",
    table: (table, { invocation }) =>
      invocation.fn === "notify"
        ? {
            ...table,
            delete: async (key, condition) => {
              if (key.sk.startsWith("event#")) {
                const [newest] = (await table.query({ pk: key.pk, prefix: "event#", descending: true, limit: 1 })).items;
                if (newest) await table.delete({ pk: newest.pk, sk: newest.sk });
              }
              return table.delete(key, condition);
            },
          }
        : table,
  },
  {
    name: "the clean-up forgets what was told of entries that stay",
    shownBy: "F-34",
    table: (table, { invocation }) =>
      invocation.fn === "notify"
        ? {
            ...table,
            delete: async (key, condition) => {
              if (key.sk.startsWith("event#"))
                for (const { pk, sk } of (await table.query({ pk: key.pk, prefix: "notice#" })).items) await table.delete({ pk, sk });
              return table.delete(key, condition);
            },
          }
        : table,
  },
];
