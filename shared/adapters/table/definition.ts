/** What the table looks like: one constant for the stand-in, the CDK app and the adapter. Keys are strings, `dueShard` and `dueAt` numbers. */
export const tableDefinition = {
  partitionKey: "pk",
  sortKey: "sk",
  /** Sparse: only items that carry both attributes are in it. Keys only. */
  dueIndex: { name: "due", partitionKey: "dueShard", sortKey: "dueAt" },
} as const;
