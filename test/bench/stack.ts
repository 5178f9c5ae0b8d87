import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { bundleFunctions } from "../../infra/bundling/bundle-functions.ts";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import type { Push } from "../../infra/local/git-host/pushes.ts";
import { startGitHost } from "../../infra/local/git-host/start.ts";
import { deliverPush, type WebhookTarget } from "../../infra/local/git-host/webhook.ts";
import { type HostedFunction, type LambdaHost, startLambdaHost } from "../../infra/local/lambda-host/host.ts";
import { writeSecret } from "../../infra/local/stack/secrets.ts";
import { local } from "../../infra/local/stand-ins/names.ts";
import { type StandIns, startStandIns, whereabouts } from "../../infra/local/stand-ins/start.ts";
import { localTools } from "../../infra/local/tools.ts";
import { environmentFor } from "../../shared/adapters/environment.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import { type Files, makeRepository, type TestRepository, withPassword } from "../support/git-repository.ts";
import { countDownloads } from "./counted-git.ts";
import { idle } from "./idle.ts";

/** The local stack as `npm start` composes it, with one cluster, one repository of the bench's own, and no place that people are told in. */
export interface BenchStack {
  readonly cluster: ControlPlane;
  readonly functions: LambdaHost;
  readonly standIns: StandIns;
  readonly repository: TestRepository;
  readonly webhook: WebhookTarget;
  /** Waits until nobody is at work any more: applied is not yet recorded, and health is looked at again. Answers what was done since the last call. */
  settled(): Promise<Work>;
  /** Commits and pushes; answers when the webhook was sent off, ms since 1970. */
  push(files: Files): Promise<number>;
  /** Commits downloaded from the Git server since the last call. */
  downloads(): number;
  /** Peak resident memory of a function's process so far, MB. */
  peakMemory(name: HostedFunction): Promise<number>;
  stop(): Promise<void>;
}

/** What functions said, and what was asked of the table. */
export interface Work {
  readonly lines: readonly JsonObject[];
  readonly calls: Awaited<ReturnType<StandIns["tableCalls"]>>;
}

/** Sweeps, polls and drift scans are not what a push costs: once, at the start, is enough, and setting up outlasts the first sweep. Seconds. */
const every = { poll: 86_400, drift: 86_400, sweep: 86_400, watch: 86_400 };

/** As the Applications have it; the installation file maps it to the Git host. */
export const benchRepository = { name: "bench/fleet", url: "https://git.example.com/bench/fleet.git", controlPath: "control" } as const;
const clusterName = "bench";
const credentials = { username: "captain", password: "captain's password" };
const secret = "a secret of the bench";

export interface BenchPlan {
  /** Processes of the sync function. */
  readonly syncWorkers?: number;
  /** Seconds between sweeps, where a bench loses what the sweep brings back. */
  readonly sweepEvery?: number;
}

/** Starts everything and declares what `control/` of these files holds. */
export const startBenchStack = async (files: Files, plan: BenchPlan = {}): Promise<BenchStack> => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
  const work = join(folder, "work");
  const secrets = join(folder, "secrets");
  await mkdir(work);
  const written: JsonObject[] = [];
  let deliver: (push: Push) => void = () => {};
  const repository = await makeRepository(files);
  const [cluster, standIns, bundles, tools, git] = await Promise.all([
    startControlPlane({ name: clusterName, folder: join(folder, "cluster") }),
    startStandIns({ folder: join(folder, "stand-ins") }),
    bundleFunctions(),
    localTools(),
    startGitHost({ folder: join(folder, "git"), credentials, onPush: (push) => deliver(push) }),
  ]);
  await git.createRepository(benchRepository.name);
  const remote = withPassword(git.httpUrl(benchRepository.name), credentials);
  await repository.push(remote);
  await writeSecret(secrets, "webhook", { value: secret });
  await writeSecret(secrets, "fingerprints", { value: secret });
  await writeSecret(secrets, "git", credentials);
  await writeSecret(secrets, "cluster", { kubeconfig: await readFile(cluster.kubeconfig, "utf8") });
  const installation = join(folder, "fairlead.yaml");
  const counted = await countDownloads(git.httpUrl("").replace(/\.git$/, ""));
  await writeFile(installation, installationFile(`${counted.url}/`));

  const texts = {
    ...whereabouts(standIns),
    FAIRLEAD_SECRETS: `folder:${secrets}`,
    FAIRLEAD_CONFIG: installation,
    FAIRLEAD_CAGE: `here:${join(tools.kubectl, "..")}`,
  };
  const functions = await startLambdaHost({
    bundles: join(bundles[0]?.folder ?? "", ".."),
    environmentOf: (name) => ({
      ...standIns.environment,
      ...environmentFor(name, texts),
      HOME: work,
      TMPDIR: work,
      PATH: process.env.PATH ?? "",
      // A profiler, say.
      ...(process.env.NODE_OPTIONS !== undefined && { NODE_OPTIONS: process.env.NODE_OPTIONS }),
    }),
    queueUrl: standIns.queueUrl,
    sqs: { endpoint: standIns.endpoints.sqs, region: local.region },
    port: 0,
    every: { ...every, ...(plan.sweepEvery !== undefined && { sweep: plan.sweepEvery }) },
    workers: { sync: plan.syncWorkers ?? 1 },
    onLine: (name, line) => void written.push({ function: name, ...line }),
  });
  const webhook = { url: `${functions.url}/hooks/git`, secret };
  await functions.invoke("scan", { scan: "drift" });
  await functions.invoke("scan", { scan: "sweep" });

  return {
    cluster,
    functions,
    standIns,
    repository,
    webhook,
    settled: async () => {
      await idle(standIns);
      return { lines: written.splice(0), calls: await standIns.tableCalls() };
    },
    push: async (changes) => {
      await repository.commit(changes);
      const delivered = new Promise<number>((resolve, reject) => {
        deliver = (push) => {
          const at = Date.now();
          deliverPush(webhook, push, { clone: benchRepository.url, ssh: "" }).then((status) => {
            if (status === 202) resolve(at);
            else reject(new Error(`the webhook answered ${status}`));
          }, reject);
        };
      });
      await repository.push(remote);
      return await delivered;
    },
    downloads: counted.downloads,
    peakMemory,
    stop: async () => {
      await functions.stop();
      await Promise.all([standIns.stop(), cluster.stop(), counted.stop(), git.stop(), repository.remove()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const installationFile = (git: string): string =>
  stringify({
    controlRepository: { repoURL: benchRepository.url, targetRevision: "main", path: benchRepository.controlPath },
    defaultCluster: clusterName,
    allowLoopback: true,
    allowPlainHttp: true,
    connections: [{ name: "git", provider: "github", secret: "webhook", repositories: ["git.example.com/bench/*"] }],
    mirrors: [{ from: "https://git.example.com/", to: git }],
    repositoryCredentials: [{ prefix: "https://git.example.com/", secret: "git" }],
    clusters: [{ name: clusterName, credentials: "cluster" }],
  });

/** The host does not tell its processes' ids: they are our children, and say in their environment which function they are. */
const peakMemory = async (name: HostedFunction): Promise<number> => {
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const [status, environment] = await Promise.all(
      ["status", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
    );
    if (Number(/^PPid:\s+(\d+)$/m.exec(status ?? "")?.[1]) !== process.pid) continue;
    if (!environment?.split("\0").includes(`AWS_LAMBDA_FUNCTION_NAME=${name}`)) continue;
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status ?? "")?.[1]) / 1024);
  }
  throw new Error(`there is no process of ${name}`);
};
