import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { local } from "../../infra/local/stand-ins/names.ts";
import type { StandIns } from "../../infra/local/stand-ins/start.ts";
import { documentClient } from "../../shared/adapters/table/open.ts";

type Raw = Readonly<Record<string, unknown>>;

/** All that stands in a running stack's table, taken out and put back behind everybody's back: as a restore from a backup does. */
export const standInItems = ({ endpoints, table }: StandIns) => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = documentClient(new DynamoDBClient({ endpoint: endpoints.dynamodb, region: local.region, credentials }));
  const all = async (): Promise<readonly Raw[]> => {
    const items: Raw[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: from }));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  };
  const write = async (requests: readonly object[]): Promise<void> => {
    for (let at = 0; at < requests.length; at += 25)
      await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests.slice(at, at + 25) } }));
  };
  return {
    all,
    restore: async (items: readonly Raw[] = []): Promise<void> => {
      await write((await all()).map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })));
      await write(items.map((Item) => ({ PutRequest: { Item } })));
    },
    close: () => client.destroy(),
  };
};
