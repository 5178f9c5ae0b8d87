/**
 * The whole line for tests and soaks: the bundles that are deployed, woken by HTTP, queues and schedule as Lambda would, against a real Git host, real
 * clusters and stand-ins for SQS, DynamoDB, S3 and Slack. Start one per test file and keep to namespaces of your own: clusters are shared.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { bundleFunctions } from "../../infra/bundling/bundle-functions.ts";
import type { Push } from "../../infra/local/git-host/pushes.ts";
import { newSshKey } from "../../infra/local/git-host/ssh-server.ts";
import { type GitHost, startGitHost } from "../../infra/local/git-host/start.ts";
import { deliverPush } from "../../infra/local/git-host/webhook.ts";
import { type LambdaHost, startLambdaHost } from "../../infra/local/lambda-host/host.ts";
import { writeSecret } from "../../infra/local/stack/secrets.ts";
import { local } from "../../infra/local/stand-ins/names.ts";
import { type SlackStandIn, startSlack } from "../../infra/local/stand-ins/slack.ts";
import { type StandIns, startStandIns, whereabouts } from "../../infra/local/stand-ins/start.ts";
import { localTools } from "../../infra/local/tools.ts";
import { environmentFor } from "../../shared/adapters/environment.ts";
import { dynamoTable } from "../../shared/adapters/table/dynamodb.ts";
import { documentClient } from "../../shared/adapters/table/open.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import type { Table } from "../../shared/ports/table.ts";
import { control, type FleetCluster, type FleetPlan, fleetOf, hostUrl, prefix } from "./fleet.ts";
import { type WorkingCopies, workingCopies } from "./working-copies.ts";

export interface TestStack extends Pick<WorkingCopies, "push" | "rewind"> {
  readonly git: GitHost;
  readonly slack: SlackStandIn;
  readonly functions: LambdaHost;
  readonly standIns: StandIns;
  readonly table: Table;
  /** All lines of all functions so far. */
  readonly journal: readonly JsonObject[];
  /** Of the connection `git`, which every push is delivered to as GitHub would. */
  readonly webhook: { readonly url: string; readonly secret: string };
  /** The repository of the name as Applications have it; the installation file maps it to the Git host. */
  urlOf(repository: string): string;
  /** Whether the Git host delivers its webhooks. */
  deliver(webhooks: boolean): void;
  stop(): Promise<void>;
}

const login = { username: "captain", password: "a p@ssword/with marks" };

/** Seconds between the events of a schedule; polls come only when a test asks for them. */
const often = { sweep: 10, poll: 3600, drift: 5 };

/** Starts a stack over clusters that are running. `plan` changes its installation file. */
export const startRunningStack = async (clusters: readonly FleetCluster[], plan: FleetPlan = {}): Promise<TestStack> => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-stack-"));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  const kept = <T extends { stop(): Promise<unknown> }>(made: T): T => {
    stops.push(() => made.stop());
    return made;
  };
  try {
    const key = newSshKey("fairlead");
    const webhook = { url: "", secret: randomBytes(16).toString("hex"), open: true };
    const journal: JsonObject[] = [];
    const tell = (line: JsonObject) => void journal.push(line);
    const git = kept(
      await startGitHost({
        folder: join(folder, "git"),
        credentials: { ...login, publicKeys: [key.publicKey] },
        onPush: (push) => void (webhook.open && deliver(push, webhook, plan, tell)),
      }),
    );
    const copies = workingCopies(git, login);
    stops.push(() => copies.remove());
    const [standIns, slack, bundles, tools] = await Promise.all([
      startStandIns(plan.durable ? { folder: join(folder, "stand-ins") } : {}),
      startSlack(),
      bundleFunctions(),
      localTools(),
    ]);
    kept(standIns);
    kept(slack);

    const secrets = join(folder, "secrets");
    const secret = (name: string, fields: Readonly<Record<string, string>>) => writeSecret(secrets, name, fields);
    await secret("webhook", { value: webhook.secret });
    await secret("fingerprints", { value: randomBytes(16).toString("hex") });
    await secret("git", login);
    await secret("git-ssh", { sshPrivateKey: key.privateKey, knownHosts: git.knownHosts });
    await secret("slack", { value: slack.webhookUrl });
    for (const { name, kubeconfig } of clusters) await secret(`cluster-${name}`, { kubeconfig: await readFile(kubeconfig, "utf8") });
    for (const [name, fields] of Object.entries(plan.secrets ?? {})) await secret(name, fields);
    const installation = join(folder, "fairlead.yaml");
    await writeFile(installation, fleetOf(clusters, git, plan));

    const texts = {
      ...whereabouts(standIns),
      FAIRLEAD_SECRETS: `folder:${secrets}`,
      FAIRLEAD_CONFIG: installation,
      FAIRLEAD_CAGE: `here:${join(tools.kubectl, "..")}`,
    };
    const functions = kept(
      await startLambdaHost({
        bundles: join(bundles[0]?.folder ?? "", ".."),
        environmentOf: (name) => ({
          ...standIns.environment,
          ...environmentFor(name, texts),
          HOME: folder,
          TMPDIR: plan.temporary ?? folder,
          PATH: process.env.PATH ?? "",
        }),
        queueUrl: standIns.queueUrl,
        sqs: { endpoint: standIns.endpoints.sqs, region: local.region },
        port: 0,
        every: { ...often, ...plan.every },
        onLine: (name, line) => tell({ function: name, ...line }),
      }),
    );
    webhook.url = `${functions.url}/hooks/git`;
    await copies.push(control, { "README.md": "What this fleet is made of.\n" });
    await functions.invoke("scan", { scan: "drift" });
    await functions.invoke("scan", { scan: "sweep" });
    const client = new DynamoDBClient({
      endpoint: standIns.endpoints.dynamodb,
      region: local.region,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    stops.push(async () => client.destroy());
    const started: TestStack = {
      git,
      slack,
      functions,
      standIns,
      journal,
      webhook,
      table: dynamoTable(documentClient(client), standIns.table),
      push: copies.push,
      rewind: copies.rewind,
      urlOf: (repository) => `${prefix}${repository}.git`,
      deliver: (webhooks) => {
        webhook.open = webhooks;
      },
      stop,
    };
    return started;
  } catch (error) {
    await stop();
    throw error;
  }
};

const deliver = async (
  push: Push,
  webhook: { readonly url: string; readonly secret: string },
  { addresses }: FleetPlan,
  tell: (line: JsonObject) => void,
) => {
  if (webhook.url === "") return;
  const clone = addresses?.[push.repository] ?? hostUrl(push.repository);
  try {
    await deliverPush(webhook, push, { clone, ssh: clone });
  } catch (error) {
    tell({ event: "webhook-undelivered", reason: String(error) });
  }
};
