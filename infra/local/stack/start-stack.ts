/**
 * The same functions on one machine: real clusters, a real Git server, stand-ins for SQS, DynamoDB, S3 and Slack, and the bundles that are
 * deployed, woken by the events that Lambda would bring them. Everything it starts ends with it.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { environmentFor } from "../../../shared/adapters/environment.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { bundleFunctions } from "../../bundling/bundle-functions.ts";
import { startControlPlane } from "../control-plane/start.ts";
import { type GitHost, startGitHost } from "../git-host/start.ts";
import { deliverPush } from "../git-host/webhook.ts";
import { type LambdaHost, startLambdaHost } from "../lambda-host/host.ts";
import { sampleClusters, sampleRepository, seedSample } from "../sample/sample.ts";
import { local } from "../stand-ins/names.ts";
import { startSlack } from "../stand-ins/slack.ts";
import { type StandIns, startStandIns, whereabouts } from "../stand-ins/start.ts";
import { localTools } from "../tools.ts";
import { type StackFolders, stackFolders } from "./folders.ts";
import { keptSecret, type LocalCluster, sampleInstallation, writeSecret } from "./settings.ts";

export interface StackOptions {
  readonly folder: string;
  /** Names of the clusters to start; ignored with `kubeconfig`. */
  readonly clusters?: readonly string[];
  /** The user's own cluster instead of ours. */
  readonly ownCluster?: LocalCluster;
  /** The user's own installation file instead of the sample's. */
  readonly installation?: string;
  readonly uncaged?: boolean;
  /** Seconds between sweeps, polls and drift scans. */
  readonly every?: Readonly<Record<"sweep" | "poll" | "drift", number>>;
  readonly onLine: (line: JsonObject) => void;
  readonly onStep?: (step: Step) => void;
}

/** What comes up, for the terminal: `done` from 0 to 1 where something takes long. */
export type Step = { readonly name: string; readonly state: "working" | "up"; readonly detail?: string; readonly done?: number };

export interface Stack {
  readonly folders: StackFolders;
  readonly clusters: readonly StackCluster[];
  readonly git: GitHost;
  /** Remote with credentials, to clone from and push to. */
  readonly remote: string;
  readonly functions: LambdaHost;
  readonly standIns: StandIns;
  readonly webhook: string;
  readonly slack: string;
  stop(): Promise<void>;
}

export interface StackCluster extends LocalCluster {
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

const gitUser = "captain";

/** Local scans are frequent: a person is watching. */
const everyHere = { sweep: 20, poll: 20, drift: 5 } as const;

export const startStack = async (options: StackOptions): Promise<Stack> => {
  const folders = stackFolders(options.folder);
  const step = options.onStep ?? (() => {});
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  const started = async <T extends { stop(): Promise<void> }>(
    name: string,
    start: () => Promise<T>,
    detail: (made: T) => string,
  ): Promise<T> => {
    step({ name, state: "working" });
    const made = await start();
    stops.push(() => made.stop());
    step({ name, state: "up", detail: detail(made) });
    return made;
  };

  try {
    await mkdir(folders.secrets, { recursive: true, mode: 0o700 });
    await keptSecret(folders.secrets, "webhook");
    await keptSecret(folders.secrets, "git-password");
    await keptSecret(folders.secrets, "fingerprints");
    const password = await readSecret(folders, "git-password");
    await writeSecret(folders.secrets, "git", { username: gitUser, password });

    let functions: LambdaHost | undefined;
    const tools = await localTools();
    const git = await started(
      "Git server",
      () =>
        startGitHost({
          folder: folders.git,
          credentials: { username: gitUser, password },
          onPush: (push) => void deliver(push),
        }),
      (host) => host.httpUrl(sampleRepository.name),
    );
    const deliver = async (push: Parameters<typeof deliverPush>[1]) => {
      const addresses = { clone: `${sampleRepository.prefix}${push.repository}.git`, ssh: git.sshUrl(push.repository) };
      try {
        if (functions)
          await deliverPush({ url: `${functions.url}/hooks/git`, secret: await readSecret(folders, "webhook") }, push, addresses);
      } catch (error) {
        options.onLine({ event: "webhook-undelivered", reason: String(error) });
      }
    };
    await seedSample(git);
    const [standIns, slack, bundles, ...clusters] = await Promise.all([
      started(
        "Stand-ins for SQS, DynamoDB, S3",
        () => startStandIns({ folder: folders.standIns }),
        () => "",
      ),
      started(
        "Slack stand-in",
        () => startSlack(),
        ({ url }) => url,
      ),
      bundleFunctions(),
      ...(options.ownCluster
        ? [ownCluster(options.ownCluster)]
        : (options.clusters ?? sampleClusters.names).map((name) =>
            started(
              `Cluster ${name}`,
              () =>
                startControlPlane({
                  name,
                  folder: folders.cluster(name),
                  onProgress: ({ message, done }) =>
                    step({ name: `Cluster ${name}`, state: "working", detail: message, ...(done !== undefined && { done }) }),
                }),
              ({ kubeconfig }) => kubeconfig,
            ),
          )),
    ]);
    for (const { name, kubeconfig } of clusters) {
      await writeSecret(folders.secrets, `cluster-${name}`, { kubeconfig: await readFile(kubeconfig, "utf8") });
    }
    await writeSecret(folders.secrets, "slack", { value: slack.webhookUrl });
    const installation = options.installation ?? folders.installation;
    if (options.installation === undefined)
      await writeFile(folders.installation, sampleInstallation(clusters, git.httpUrl("").replace(/\.git$/, "")));

    const texts = {
      ...whereabouts(standIns),
      FAIRLEAD_SECRETS: `folder:${folders.secrets}`,
      FAIRLEAD_CONFIG: installation,
      FAIRLEAD_CAGE: `${options.uncaged ? "uncaged" : "here"}:${join(tools.kubectl, "..")}`,
    };
    functions = await started(
      "Functions",
      () =>
        startLambdaHost({
          bundles: join(bundles[0]?.folder ?? "", ".."),
          environmentOf: (name) => ({
            ...standIns.environment,
            ...environmentFor(name, texts),
            HOME: folders.work,
            TMPDIR: folders.work,
            PATH: process.env.PATH ?? "",
          }),
          queueUrl: standIns.queueUrl,
          sqs: { endpoint: standIns.endpoints.sqs, region: local.region },
          port: 0,
          every: options.every ?? everyHere,
          onLine: (name, line) => options.onLine({ function: name, ...line }),
        }),
      ({ url }) => url,
    );
    await functions.invoke("scan", { scan: "drift" });
    await functions.invoke("scan", { scan: "sweep" });
    return {
      folders,
      clusters,
      git,
      remote: git.httpUrl(sampleRepository.name).replace("://", `://${gitUser}:${password}@`),
      functions,
      standIns,
      webhook: `${functions.url}/hooks/git`,
      slack: slack.url,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const readSecret = async (folders: StackFolders, name: string): Promise<string> => {
  const fields: { readonly value: string } = JSON.parse(await readFile(join(folders.secrets, `${name}.json`), "utf8"));
  return fields.value;
};

const nothing = async () => {};

/** A cluster that we did not start is not ours to stop. */
const ownCluster = async (cluster: LocalCluster): Promise<StackCluster> => ({
  ...cluster,
  stopApiServer: nothing,
  startApiServer: nothing,
  stop: nothing,
});
