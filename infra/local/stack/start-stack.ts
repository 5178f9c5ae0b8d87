/**
 * The same functions on one machine: real clusters, a real Git server, stand-ins for SQS, DynamoDB, S3 and Slack, and the bundles that are
 * deployed, woken by the events that Lambda would bring them. Everything it starts ends with it.
 */
import { resolve } from "node:path";
import { scheduleOf } from "../../../shared/config/intervals.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import type { LambdaHost } from "../lambda-host/host.ts";
import { choosePorts } from "../ports.ts";
import { sampleClusters } from "../sample/sample.ts";
import { type SlackStandIn, startSlack } from "../stand-ins/slack.ts";
import { type StandIns, startStandIns } from "../stand-ins/start.ts";
import { localTools } from "../tools.ts";
import { announce } from "./announce.ts";
import { type StackCluster, startClusters } from "./clusters.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { claimFolder, type StackFolders, stackFolders } from "./folders.ts";
import { checkCage, makeBundles, startFunctions } from "./functions.ts";
import { type StackGit, startGit } from "./git.ts";
import {
  clustersLeftToUs,
  ownWebhookPath,
  readOwnInstallation,
  secretsNamedIn,
  uselessKubeconfig,
  writeSampleInstallation,
} from "./installation.ts";
import { type Launch, launch, type Step } from "./launch.ts";
import { joinOwnCluster, type OwnCluster } from "./own-cluster.ts";
import { fillSecrets, hasSecret, keptSecret } from "./secrets.ts";
import { linkTools } from "./shortcuts.ts";

export interface StackOptions {
  readonly folder: string;
  /** A cluster of the user's instead of ours. */
  readonly ownCluster?: OwnCluster;
  /** Path of the user's own installation file instead of the sample's. */
  readonly installation?: string;
  readonly uncaged?: boolean;
  readonly onLine: (line: JsonObject) => void;
  readonly onStep?: (step: Step) => void;
}

export interface Stack {
  readonly folders: StackFolders;
  readonly tools: { readonly kubectl: string; readonly helm: string };
  readonly clusters: readonly StackCluster[];
  readonly git: StackGit;
  readonly functions: LambdaHost;
  readonly standIns: StandIns;
  readonly slack: SlackStandIn;
  readonly fleet: Fleet;
  /** Where the Git host's pushes are told; undefined where the user's file has no connection for them. */
  readonly webhook: string | undefined;
  /** Entries of the secret store that the installation file names and that are not there. */
  readonly missingSecrets: readonly string[];
  stop(): Promise<void>;
}

/** Seconds between sweeps, polls and drift scans of the sample. Frequent: a person is watching. */
const watched = { sweep: 20, poll: 20, drift: 5 };

/** Throws Failure or Error with a sentence for people when something cannot be started; what was started by then is stopped. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const launched = launch(options.onStep ?? (() => {}));
  try {
    return await start(options, launched);
  } catch (error) {
    await launched.stop();
    throw error;
  }
};

const start = async (options: StackOptions, launched: Launch): Promise<Stack> => {
  const { ownCluster, uncaged = false, onLine } = options;
  const folders = stackFolders(options.folder);
  await claimFolder(folders, launched);
  const own = options.installation === undefined ? undefined : await readOwnInstallation(options.installation);
  const names = own ? clustersLeftToUs(own) : sampleClusters.names;
  if (ownCluster && names.length === 0) throw uselessKubeconfig(ownCluster.file, options.installation ?? "");

  const [tools, bundles] = await Promise.all([localTools(), makeBundles(launched)]);
  await linkTools(folders.bin, tools);
  await checkCage({ bundles, tools, uncaged }, launched);

  const port = await choosePorts(folders.ports, ["functions", "slack"], {});
  const [git, standIns, slack, clusters] = await Promise.all([
    startGit(folders, launched, onLine),
    launched.start(
      "Queues, table, bucket",
      () => startStandIns({ folder: folders.standIns }),
      () => "stand-ins for SQS, DynamoDB, S3",
    ),
    launched.start(
      "Slack",
      () => startSlack({ port: port("slack") }),
      ({ url }) => `a stand-in at ${url}`,
    ),
    ownCluster ? joinOwnCluster(names, ownCluster, folders, launched, own === undefined) : startClusters(names, folders, launched),
  ]);
  const fleet = openFleet(standIns);
  await launched.keep({ stop: async () => fleet.close() });

  await launched.keep(await fillSecrets(folders.secrets, clusters, slack.webhookUrl));
  const installation = options.installation === undefined ? folders.installation : resolve(options.installation);
  if (own === undefined) await writeSampleInstallation(installation, clusters, git.origin);
  const functions = await launched.start(
    "Functions",
    () =>
      startFunctions({
        folders,
        standIns,
        bundles,
        installation,
        tools,
        uncaged,
        port: port("functions"),
        every: own ? scheduleOf(own) : watched,
        onLine,
      }),
    ({ url }) => url,
    "first",
  );

  const path = own ? ownWebhookPath(own) : "/hooks/git";
  const webhook = path && `${functions.url}${path}`;
  if (webhook) git.deliverTo({ url: webhook, secret: await keptSecret(folders.secrets, "webhook") });
  const missingSecrets = (own ? secretsNamedIn(own) : []).filter((name) => !hasSecret(folders.secrets, name));
  const stack = { folders, tools, clusters, git, functions, standIns, slack, fleet, webhook, missingSecrets, stop: () => launched.stop() };
  await launched.keep(await announce(stack, installation));
  // What clusters can is part of what is rendered for them, so they are looked at first.
  await functions.invoke("scan", { scan: "drift" });
  await functions.invoke("scan", { scan: "sweep" });
  // Goes on for minutes; the schedule brings the next one.
  functions.invoke("scan", { scan: "watch" }).catch(() => undefined);
  return stack;
};
