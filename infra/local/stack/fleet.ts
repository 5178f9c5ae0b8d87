import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoTable } from "../../../shared/adapters/table/dynamodb.ts";
import { documentClient } from "../../../shared/adapters/table/open.ts";
import type { Table } from "../../../shared/ports/table.ts";
import { isDirty, readStates } from "../../../shared/state/application-state.ts";
import { listApplications } from "../../../shared/state/listed-applications.ts";
import { local } from "../stand-ins/names.ts";
import type { StandIns } from "../stand-ins/start.ts";

/** One Application as people ask for it. */
export interface Ship {
  readonly name: string;
  readonly cluster: string;
  readonly syncStatus: string;
  readonly health: string;
  /** Nothing is under way or waits to be tried again. */
  readonly settled: boolean;
  /** What is wrong, in a sentence. */
  readonly reason?: string;
}

/** What the table knows, read by the stack itself: for the terminal and the tour, never by the functions. */
export interface Fleet {
  readonly table: Table;
  names(): Promise<readonly string[]>;
  ships(): Promise<readonly Ship[]>;
  close(): void;
}

export const openFleet = ({ endpoints, table: name }: Pick<StandIns, "endpoints" | "table">): Fleet => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint: endpoints.dynamodb, region: local.region, credentials });
  const table = dynamoTable(documentClient(client), name);
  const names = () => namesIn(table);
  return { table, names, ships: async () => shipsIn(table, await names()), close: () => client.destroy() };
};

const namesIn = async (table: Table): Promise<readonly string[]> => {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listApplications(table, cursor);
    names.push(...page.items.map((item) => item.name));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return names;
};

const shipsIn = async (table: Table, names: readonly string[]): Promise<readonly Ship[]> => {
  const states = await readStates(table, names);
  return names.flatMap((name) => {
    const state = states.get(name);
    if (!state) return [];
    const { cluster, syncStatus, health } = state;
    const reason = state.awaiting ?? state.sourceError ?? state.reason;
    const settled = !isDirty(state) && state.owner === undefined && state.retryAt === undefined && state.removal === undefined;
    return [{ name, cluster, syncStatus, health, settled, ...(reason !== undefined && { reason }) }];
  });
};

export const isAtRest = (ships: readonly Ship[]): boolean =>
  ships.length > 0 && ships.every(({ settled, syncStatus, health }) => settled && syncStatus === "Synced" && health === "Healthy");
