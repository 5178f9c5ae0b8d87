import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "./definition.ts";

/** Makes the table on a stand-in or in a test, as the CDK app makes it on AWS; answers once it can be used. */
export const createTable = async (client: DynamoDBClient, name: string): Promise<void> => {
  const { partitionKey, sortKey, dueIndex } = tableDefinition;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: partitionKey, AttributeType: "S" },
        { AttributeName: sortKey, AttributeType: "S" },
        { AttributeName: dueIndex.partitionKey, AttributeType: "N" },
        { AttributeName: dueIndex.sortKey, AttributeType: "N" },
      ],
      KeySchema: keySchema(partitionKey, sortKey),
      GlobalSecondaryIndexes: [
        {
          IndexName: dueIndex.name,
          KeySchema: keySchema(dueIndex.partitionKey, dueIndex.sortKey),
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: name });
};

const keySchema = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: "HASH" as const },
  { AttributeName: range, KeyType: "RANGE" as const },
];
