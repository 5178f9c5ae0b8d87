import { readEnvironment } from "../../shared/adapters/environment.ts";
import { connectionPath } from "../../shared/model/connection.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { wantRef } from "../../shared/state/refs.ts";
import { clock, openJournal, queueAt, secretsOf, tableOf } from "../world/aws.ts";
import { readInstallation } from "../world/installation.ts";
import { webhookHandler } from "./handler.ts";

const environment = readEnvironment("webhook", process.env);
const { connections, apiWebhook } = readInstallation(environment.FAIRLEAD_CONFIG);
const table = tableOf(environment);
const byPath = new Map(connections.map((connection) => [connectionPath(connection), connection]));
const aliased = connections.find(({ name }) => name === apiWebhook);

export const handler = webhookHandler(
  {
    connections: { find: async (path) => byPath.get(path) },
    secrets: secretsOf(environment),
    refs: { want: (push) => wantRef(table, push) },
    pushes: queueAt<PushMessage>(environment.FAIRLEAD_PUSHES),
    clock,
    journal: openJournal("webhook"),
  },
  {
    maxBodyBytes: Math.max(0, ...connections.map(({ maxBodyBytes }) => maxBodyBytes)),
    ...(aliased && { alias: connectionPath(aliased) }),
  },
);
