import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Table } from "../../ports/table.ts";
import { clientOptions } from "../aws/clients.ts";
import { dynamoTable } from "./dynamodb.ts";

/** The table by its name, with a client of its own. */
export const openTable = (name: string): Table => dynamoTable(documentClient(new DynamoDBClient(clientOptions)), name);

/** Undefined attributes are left out at any depth; numbers come back as numbers. */
export const documentClient = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
