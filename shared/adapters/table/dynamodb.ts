import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { Failure } from "../../model/failure.ts";
import type { Condition, Item, Key, Page, Query, Table, WriteResult } from "../../ports/table.ts";
import { definedOnly, isRemoteTrouble } from "../aws/trouble.ts";
import { tableDefinition } from "./definition.ts";
import { expressionsOf } from "./expressions.ts";
import { asStored, fromAttributes, toItem, toKey } from "./items.ts";

/** DynamoDB's own limit. */
const keysPerBatch = 100;

/** The table on DynamoDB. Throws TableUnavailable when DynamoDB cannot be reached or keeps throttling after the client's own retries. */
export const dynamoTable = (client: DynamoDBDocumentClient, name: string): Table => {
  const get = async (key: Key): Promise<Item | undefined> => {
    const answer = await client.send(new GetCommand({ TableName: name, Key: toKey(key), ConsistentRead: true }));
    return answer.Item && toItem(answer.Item);
  };

  /** Makes the write; when its condition fails, says what stood there (older servers do not send it along: then it is read). */
  const conditionally = async (key: Key, write: () => Promise<WriteResult>): Promise<WriteResult> => {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { written: false, found: error.Item ? toItem(fromAttributes(error.Item)) : await get(key) };
    }
  };

  const table: Table = {
    get,
    getMany: async (keys) => (await Promise.all(chunks(distinct(keys), keysPerBatch).map((chunk) => batchGet(client, name, chunk)))).flat(),
    put: (item, condition) =>
      conditionally(item, async () => {
        await client.send(new PutCommand({ TableName: name, Item: item, ...conditionOf(condition) }));
        return { written: true, item: asStored(item) };
      }),
    update: (key, change, condition) =>
      conditionally(key, async () => {
        const { update, ...rest } = requestOf(expressionsOf(condition, change));
        const request = definedOnly({ UpdateExpression: update });
        const answer = await client.send(
          new UpdateCommand({ TableName: name, Key: toKey(key), ReturnValues: "ALL_NEW", ...request, ...rest }),
        );
        return { written: true, item: toItem(answer.Attributes ?? {}) };
      }),
    delete: (key, condition) =>
      conditionally(key, async () => {
        const answer = await client.send(
          new DeleteCommand({ TableName: name, Key: toKey(key), ReturnValues: "ALL_OLD", ...conditionOf(condition) }),
        );
        return answer.Attributes ? { written: true, item: toItem(answer.Attributes) } : { written: false, found: undefined };
      }),
    query: (query) => queryPage(client, name, query),
    due: async (shard, until, limit) => {
      const { name: index, partitionKey, sortKey } = tableDefinition.dueIndex;
      const answer = await client.send(
        new QueryCommand({
          TableName: name,
          IndexName: index,
          KeyConditionExpression: "#shard = :shard AND #at <= :until",
          ExpressionAttributeNames: { "#shard": partitionKey, "#at": sortKey },
          ExpressionAttributeValues: { ":shard": shard, ":until": until },
          Limit: limit,
        }),
      );
      return (answer.Items ?? []).map(toKey);
    },
  };
  return withFailures(table, name);
};

const queryPage = async (client: DynamoDBDocumentClient, name: string, query: Query): Promise<Page<Item>> => {
  const prefixed = query.prefix !== undefined && query.prefix !== "";
  const answer = await client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: prefixed ? "#pk = :pk AND begins_with(#sk, :prefix)" : "#pk = :pk",
      ExpressionAttributeNames: { "#pk": tableDefinition.partitionKey, ...(prefixed && { "#sk": tableDefinition.sortKey }) },
      ExpressionAttributeValues: { ":pk": query.pk, ...(prefixed && { ":prefix": query.prefix }) },
      ConsistentRead: true,
      ScanIndexForward: query.descending !== true,
      ...definedOnly({ Limit: query.limit }),
      ...(query.cursor !== undefined && { ExclusiveStartKey: { pk: query.pk, sk: query.cursor } }),
    }),
  );
  const items = (answer.Items ?? []).map(toItem);
  return answer.LastEvaluatedKey ? { items, cursor: toKey(answer.LastEvaluatedKey).sk } : { items };
};

const batchGet = async (client: DynamoDBDocumentClient, name: string, keys: readonly Key[]): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let wanted: readonly Key[] = keys;
  // What DynamoDB leaves unprocessed is throttled work: asked for again, with growing pauses, eight times at most.
  for (let attempt = 0; wanted.length > 0; attempt++) {
    if (attempt === 8) throw unavailable(name, `${wanted.length} of ${keys.length} items stayed unprocessed`);
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * 25 * 2 ** attempt));
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [name]: { Keys: wanted.map(toKey), ConsistentRead: true } } }));
    items.push(...(answer.Responses?.[name] ?? []).map(toItem));
    wanted = (answer.UnprocessedKeys?.[name]?.Keys ?? []).map(toKey);
  }
  return items;
};

const conditionOf = (condition: Condition | undefined) => {
  const { update: _none, ...request } = requestOf(expressionsOf(condition));
  return request;
};

const requestOf = ({ condition, update, names, values }: ReturnType<typeof expressionsOf>) => ({
  update,
  ...definedOnly({
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.keys(names).length === 0 ? undefined : names,
    ExpressionAttributeValues: Object.keys(values).length === 0 ? undefined : values,
  }),
  ...(condition !== undefined && { ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const }),
});

const distinct = (keys: readonly Key[]): readonly Key[] => [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));

/** The same table with every service error told as a Failure. */
const withFailures = (table: Table, name: string): Table => {
  const told = <A extends readonly unknown[], R>(call: (...given: A) => Promise<R>) => {
    return async (...given: A): Promise<R> => {
      try {
        return await call(...given);
      } catch (error) {
        throw tableTrouble(name, error);
      }
    };
  };
  return {
    get: told(table.get),
    getMany: told(table.getMany),
    put: told(table.put),
    update: told(table.update),
    delete: told(table.delete),
    query: told(table.query),
    due: told(table.due),
  };
};

const tableTrouble = (name: string, error: unknown): unknown => {
  // A request that DynamoDB calls invalid is our mistake: it must stand out, not be tried for ever.
  if (!isRemoteTrouble(error) || error.name === "ValidationException") return error;
  return unavailable(name, `${error.name}: ${error.message}`, error);
};

const unavailable = (name: string, reason: string, cause?: unknown): Failure =>
  new Failure("TableUnavailable", name, `the table ${name} did not answer (${reason}); the work is tried again`, { cause });
