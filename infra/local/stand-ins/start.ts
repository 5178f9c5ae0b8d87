import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type QueueName, queues } from "../../topology.ts";
import { Ready } from "./child.ts";
import { local } from "./names.ts";
import { type TableCall, Tally } from "./tally.ts";

export interface StandIns {
  readonly endpoints: { readonly dynamodb: string; readonly sqs: string; readonly s3: string };
  readonly table: string;
  readonly bucket: string;
  readonly queueUrl: (queue: QueueName | `${QueueName}-dead`) => string;
  /** What the AWS SDK needs to find them: endpoints, a region and credentials that mean nothing. */
  readonly environment: Readonly<Record<string, string>>;
  /** What was asked of the table since the last call of this; nothing is noted before the first. */
  tableCalls(): Promise<readonly TableCall[]>;
  /** SIGKILL, as when a machine dies, and a new start at the same address. Only what was kept in a folder is there afterwards. */
  restart(kind: "table" | "queues"): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the stand-ins for DynamoDB, SQS and S3 on loopback, with the table, the queues and the bucket in them. With a folder their state
 * survives a restart; without one it is in memory. They end with this process, however it ends.
 */
export const startStandIns = async (options: { readonly folder?: string } = {}): Promise<StandIns> => {
  const [table, queue] = await Promise.all([startProcess("table", options.folder), startProcess("queues", options.folder)]);
  return {
    endpoints: { dynamodb: table.endpoint, sqs: queue.endpoint, s3: queue.endpoint },
    table: local.table,
    bucket: local.bucket,
    queueUrl: (name) => `${queue.endpoint}/${local.account}/${name}`,
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
      AWS_ENDPOINT_URL_SQS: queue.endpoint,
      AWS_ENDPOINT_URL_S3: queue.endpoint,
      AWS_REGION: local.region,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
    tableCalls: () => callsOf(table.child()),
    restart: (kind) => (kind === "table" ? table : queue).restart(),
    stop: async () => {
      await Promise.all([table.stop(), queue.stop()]);
    },
  };
};

/** The variables of `shared/adapters/environment.ts` that say where queues, table and bucket are. */
export const whereabouts = (standIns: StandIns) => ({
  FAIRLEAD_TABLE: standIns.table,
  FAIRLEAD_BUCKET: standIns.bucket,
  FAIRLEAD_PUSHES: standIns.queueUrl("pushes"),
  FAIRLEAD_RENDERS: standIns.queueUrl("renders"),
  FAIRLEAD_NOTICES: standIns.queueUrl("notices"),
  FAIRLEAD_SYNCS: JSON.stringify(syncsQueues(standIns)),
});

const syncsQueues = (standIns: StandIns): Readonly<Record<string, string>> =>
  Object.fromEntries(
    queues.flatMap(({ name }) => (name.startsWith("syncs-") ? [[name.slice("syncs-".length), standIns.queueUrl(name)]] : [])),
  );

const startProcess = async (kind: "table" | "queues", folder: string | undefined) => {
  const data = folder === undefined ? "" : join(folder, kind);
  if (data !== "") mkdirSync(data, { recursive: true, mode: 0o700 });
  const program = fileURLToPath(new URL(`./${kind}-process.ts`, import.meta.url));
  const start = (port: string) => fork(program, [data, port], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let child = start("0");
  const endpoint = await ready(child, kind);
  return {
    child: () => child,
    endpoint,
    restart: async () => {
      await killed(child);
      child = start(new URL(endpoint).port);
      await ready(child, kind);
    },
    stop: () => stopProcess(child),
  };
};

const killed = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });

const ready = (child: ChildProcess, kind: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-2_000);
    });
    child.once("exit", (code) => reject(new Error(`the stand-in for ${kind} ended at its start (exit code ${code}): ${said}`)));
    child.once("error", reject);
    child.once("message", (message) => {
      child.removeAllListeners("exit");
      resolve(Ready.parse(message).endpoint);
    });
  });

const callsOf = (child: ChildProcess): Promise<readonly TableCall[]> =>
  new Promise((resolve) => {
    child.once("message", (message) => resolve(Tally.parse(message).tally));
    child.send("tally");
  });

const stopProcess = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    if (child.connected) child.disconnect();
    else child.kill("SIGTERM");
  });
