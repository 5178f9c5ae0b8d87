/** The DynamoDB stand-in, alone in a process: it uses most of a core when the functions are busy. Arguments: a folder, or nothing for memory; a port. */
import { DynamoDBClient, ResourceInUseException } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { createTable } from "../../../shared/adapters/table/create.ts";
import { endWithParent, listenOnLoopback, tellReady } from "./child.ts";
import { local } from "./names.ts";
import { type Tally, tallyCalls } from "./tally.ts";

const [folder = "", port = "0"] = process.argv.slice(2);
const server = dynalite({ createTableMs: 0, ...(folder !== "" && { path: folder }) });
const tally = tallyCalls(server);
process.on("message", () => process.send?.({ tally: [...tally()] } satisfies Tally));
endWithParent(() => new Promise((resolve) => server.close(() => resolve())));

const endpoint = await listenOnLoopback(server, Number(port));
const client = new DynamoDBClient({ endpoint, region: local.region, credentials: { accessKeyId: "local", secretAccessKey: "local" } });
await createTable(client, local.table).catch((error: unknown) => {
  if (!(error instanceof ResourceInUseException)) throw error;
});
client.destroy();
tellReady(endpoint);
