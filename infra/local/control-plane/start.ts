/**
 * A real Kubernetes control plane on one machine, without Docker: etcd, API server, controllers and scheduler, and KWOK as the kubelet of a
 * node that only pretends to run pods. The local stack and the tests use it wherever something claims to work against Kubernetes.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { tryLock } from "../lock.ts";
import { choosePorts } from "../ports.ts";
import { type ApiAccess, callApi } from "./api.ts";
import { controlPlanePrograms } from "./binaries.ts";
import { commandLines, type PortName, portNames } from "./command-lines.ts";
import { type Component, startComponent } from "./component.ts";
import { credentialFiles, makeCredentials, writeKubeconfig } from "./credentials.ts";
import { ensureNode } from "./node.ts";
import type { ProgramName } from "./programs.ts";
import type { OnProgress } from "./progress.ts";

export interface ControlPlaneOptions {
  /** Name of the cluster, user and context in the kubeconfig. */
  readonly name: string;
  /** Everything it keeps: objects, credentials, ports, logs. Started again on the same folder it goes on where it was. */
  readonly folder: string;
  readonly onProgress?: OnProgress;
  readonly extraApiServerArgs?: readonly string[];
  /** Only `api` is for clients. Those not given stay the same from start to start as long as they are free. */
  readonly ports?: Partial<Record<PortName, number>>;
}

export interface ControlPlane extends ApiAccess {
  readonly name: string;
  /** Path of a kubeconfig for it. */
  readonly kubeconfig: string;
  /** Ends it in order; its objects stay in the folder. */
  stop(): Promise<void>;
  /** Ends it the hard way, as when the power goes. */
  kill(): Promise<void>;
  /** Takes only the API server away: to clients the cluster is down. */
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
}

/** How long a program may take to come up. Milliseconds; it takes about 3,000 on two cores that have nothing else to do. */
const patience = 90_000;

/** Starts a control plane and answers when the API server is ready and the node exists. It ends with this process at the latest. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { name, onProgress } = options;
  const folder = resolve(options.folder);
  const programs = await controlPlanePrograms(onProgress);

  const lock = await tryLock(`control-plane ${folder}`);
  if (lock === undefined) throw new Error(`another process runs the control plane of ${folder}: stop it first, or use another folder`);
  await mkdir(join(folder, "logs"), { recursive: true, mode: 0o700 });
  const token = await makeCredentials(folder);
  const files = credentialFiles(folder);
  const port = await choosePorts(join(folder, "ports.json"), portNames, options.ports ?? {});
  const args = commandLines(folder, port, options.extraApiServerArgs ?? []);
  const run = (program: ProgramName) =>
    startComponent({ name: program, path: programs[program], args: args[program], log: join(folder, "logs", `${program}.log`) });
  const server = `https://127.0.0.1:${port("api")}`;

  const etcd = run("etcd");
  let apiServer = run("kube-apiserver");
  const followers: Component[] = [];
  const end = async (etcdPatience: number) => {
    // Only etcd holds state: the others may go at once, and first, so that nothing writes any more.
    await Promise.all([apiServer, ...followers].map((component) => component.stop()));
    await etcd.stop(etcdPatience);
    await lock.release();
  };

  try {
    const ca = await ready(server, files.certificate, token, [etcd, apiServer]);
    await writeKubeconfig(files.kubeconfig, { name, server, ca, token });
    const access = { server, ca, token };
    followers.push(run("kube-controller-manager"), run("kube-scheduler"), run("kwok"));
    await Promise.race([ensureNode(access), ...followers.map(({ failed }) => failed)]);
    return {
      ...access,
      name,
      kubeconfig: files.kubeconfig,
      stop: () => end(5_000),
      kill: () => end(0),
      stopApiServer: () => apiServer.stop(),
      startApiServer: async () => {
        await apiServer.stop();
        apiServer = run("kube-apiserver");
        await ready(server, files.certificate, token, [apiServer]);
      },
    };
  } catch (error) {
    await end(0);
    throw error;
  }
}

/** Waits until the API server says that it is ready; answers its certificate authority. Rejects as soon as one of the programs gives up. */
async function ready(server: string, certificate: string, token: string, components: readonly Component[]): Promise<string> {
  const until = Date.now() + patience;
  let givenUp = false;
  const poll = async (): Promise<string> => {
    while (!givenUp && Date.now() < until) {
      const ca = await readFile(certificate, "utf8").catch(() => "");
      const answer = await callApi({ server, ca, token }, "GET", "/readyz").catch(() => undefined);
      if (answer?.status === 200) return ca;
      await delay(50);
    }
    throw new Error(`${server} was not ready after ${patience / 1000} s: see the logs beside ${certificate}`);
  };
  try {
    return await Promise.race([poll(), ...components.map(({ failed }) => failed)]);
  } finally {
    givenUp = true;
  }
}
