import type { IncomingMessage, Server } from "node:http";
import * as z from "zod/mini";

/** One request to the DynamoDB stand-in: `UpdateItem` and the like, and the keys it names, as `pk sk`. */
const TableCall = z.object({ operation: z.string(), keys: z.array(z.string()) });
export type TableCall = z.infer<typeof TableCall>;

/** What the table's process answers when it is asked. */
export const Tally = z.object({ tally: z.array(TableCall) });
export type Tally = z.infer<typeof Tally>;

const Text = z.object({ S: z.string() });
const Keyed = z.object({ pk: Text, sk: Text });
const Body = z.object({
  Key: z.optional(Keyed),
  Item: z.optional(Keyed),
  RequestItems: z.optional(z.record(z.string(), z.object({ Keys: z.optional(z.array(Keyed)) }))),
  ExpressionAttributeValues: z.optional(z.record(z.string(), z.unknown())),
});

/** Notes every call from the first question on, for benchmarks: each answer holds what came since the last. */
export const tallyCalls = (server: Server): (() => readonly TableCall[]) => {
  let calls: TableCall[] | undefined;
  server.on("request", (request: IncomingMessage) => {
    if (calls === undefined) return;
    const operation = String(request.headers["x-amz-target"] ?? "").split(".")[1] ?? "";
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      // The stand-in takes all listeners away before it answers, so the body is looked at as soon as it is whole.
      if (Buffer.concat(chunks).length < Number(request.headers["content-length"] ?? 0)) return;
      calls?.push({ operation, keys: keysIn(Buffer.concat(chunks).toString("utf8")) });
    });
  });
  return () => {
    const noted = calls ?? [];
    calls = [];
    return noted;
  };
};

const keysIn = (text: string): string[] => {
  const { Key, Item, RequestItems, ExpressionAttributeValues } = Body.parse(JSON.parse(text));
  const partition = z.safeParse(Text, ExpressionAttributeValues?.[":pk"]);
  const named = [...(Key ? [Key] : []), ...(Item ? [Item] : []), ...Object.values(RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys)];
  return [...named.map(({ pk, sk }) => `${pk.S} ${sk.S}`), ...(Key === undefined && partition.success ? [`${partition.data.S} *`] : [])];
};
