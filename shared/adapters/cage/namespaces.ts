import { mkdtemp, rm, rmdir } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../model/failure.ts";
import type { Cage, CageRequest } from "../../ports/cage.ts";
import { type CageProcess, type StartCommand, startCageProcess } from "./cage-process.ts";
import { inside, namespaceScript } from "./namespace-script.ts";
import type { RoomOptions } from "./room.ts";
import { queueOf } from "./slots.ts";
import { serveFlag } from "./stdio.ts";

export interface LocalCageOptions {
  /** The cage's program (functions/cage/lambda.ts) bundled into one file. */
  readonly program: string;
  readonly node: string;
  readonly tools: { readonly kubectl: string; readonly helm: string };
  /** Runs people's charts with the rights of the user who started us. Only when they asked for it. */
  readonly uncaged?: boolean;
  /** Tools that run at the same time, over all tenants. */
  readonly concurrency?: number;
  /** A process in the cage that wants more is refused it, and ends. */
  readonly memoryBytes?: number;
  /** For bundles and what tools write; it is memory too. */
  readonly workBytes?: number;
}

export interface LocalCage extends Cage {
  /** Starts and ends an empty cage: throws ConfigurationInvalid where the kernel does not allow one, and says how to. */
  check(): Promise<void>;
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;
/** Each costs some 50 MB while it is kept. */
const maxTenants = 6;

/** The cage on one machine: one long-lived process per tenant in its own user, network, mount, process, IPC and host name namespaces. */
export const namespacesCage = (options: LocalCageOptions): LocalCage => {
  const tenants = new Map<string, Promise<CageProcess>>();
  const busy = new Map<string, number>();
  const slots = queueOf(options.concurrency ?? Math.max(2, availableParallelism()));

  const processOf = (tenant: string): Promise<CageProcess> => {
    const known = tenants.get(tenant) ?? start(options);
    const process = known.then((found) => (found.hasEnded() ? start(options) : found));
    // Taken out and put back, so that the map's order is the order of use.
    tenants.delete(tenant);
    tenants.set(tenant, process);
    process.catch(() => tenants.get(tenant) === process && tenants.delete(tenant));
    return process;
  };
  const run = async (request: CageRequest) => {
    busy.set(request.tenant, (busy.get(request.tenant) ?? 0) + 1);
    try {
      return await slots(async () => (await processOf(request.tenant)).ask(request));
    } finally {
      await endIdle(tenants, busy);
      busy.set(request.tenant, (busy.get(request.tenant) ?? 1) - 1);
    }
  };
  return {
    run,
    check: async () => (await start(options)).end(),
    close: async () => {
      const processes = await Promise.allSettled(tenants.values());
      tenants.clear();
      await Promise.all(processes.map((process) => (process.status === "fulfilled" ? process.value.end() : undefined)));
    },
  };
};

const endIdle = async (tenants: Map<string, Promise<CageProcess>>, busy: ReadonlyMap<string, number>): Promise<void> => {
  const idle = [...tenants.keys()].filter((tenant) => (busy.get(tenant) ?? 0) === 0);
  for (const tenant of idle.slice(0, Math.max(0, tenants.size - maxTenants))) {
    const process = tenants.get(tenant);
    tenants.delete(tenant);
    await process?.then((ending) => ending.end()).catch(() => undefined);
  }
};

const start = async (options: LocalCageOptions): Promise<CageProcess> => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-cage-"));
  try {
    const process = await startCageProcess(options.uncaged ? uncagedCommand(options, folder) : cagedCommand(options, folder), didNotStart);
    if (!options.uncaged) {
      // Only the cage's own mount namespace has something mounted there.
      await rmdir(folder);
      return process;
    }
    return { ...process, end: () => process.end().then(() => rm(folder, { recursive: true, force: true })) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};

const systemPath = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
const limitsOf = ({ memoryBytes = 1024 * mebibyte, workBytes = 256 * mebibyte }: LocalCageOptions) => ({ memoryBytes, workBytes });

const settings = (base: string, kubectl: string, helm: string, memoryBytes: number): string => {
  const tools = { kustomize: { program: kubectl, arguments: ["kustomize"] }, helm: { program: helm, arguments: [] } };
  return JSON.stringify({ base, tools, softMemoryBytes: Math.floor(memoryBytes / 2) } satisfies RoomOptions);
};

const cagedCommand = (options: LocalCageOptions, root: string): StartCommand => {
  const { memoryBytes, workBytes } = limitsOf(options);
  const namespaces = ["--user", "--map-root-user", "--net", "--ipc", "--uts", "--mount", "--pid", "--fork", "--kill-child"];
  const { program, node, tools } = options;
  const words = [root, workBytes, Math.floor(memoryBytes / 1024), node, program, tools.kubectl, tools.helm].map(String);
  const script = ["/bin/sh", "-c", namespaceScript, "cage", ...words, settings(inside.work, inside.kubectl, inside.helm, memoryBytes)];
  return { program: "unshare", arguments: [...namespaces, ...script], environment: systemPath };
};

const uncagedCommand = (options: LocalCageOptions, folder: string): StartCommand => {
  const { memoryBytes } = limitsOf(options);
  const { program, node, tools } = options;
  const script = `ulimit -c 0; ulimit -d ${Math.floor(memoryBytes / 1024)}; exec "$@"`;
  const words = [node, program, serveFlag, settings(join(folder, "work"), tools.kubectl, tools.helm, memoryBytes)];
  return { program: "/bin/sh", arguments: ["-c", script, "cage", ...words], environment: {} };
};

/** The kernel's no comes from one of the programs that make the namespaces; anything else is trouble of another kind. */
const didNotStart = (stderr: string): Failure => {
  const told = stderr.trim();
  const refused = /^(?:unshare|mount|umount|pivot_root|setpriv): .*/m.exec(told)?.[0];
  if (/^spawn unshare ENOENT/m.test(told)) {
    const remedy = "install util-linux, or start with `--uncaged`, which runs what is in your repositories with your own rights";
    return new Failure(
      "ConfigurationInvalid",
      "cage",
      `This machine has no unshare, with which the cage for charts and kustomizations is made: ${remedy}`,
    );
  }
  if (refused === undefined)
    return new Failure("CageUnavailable", "cage", `The cage in which Helm and Kustomize run did not start: ${told.slice(0, 500)}`);
  return new Failure(
    "ConfigurationInvalid",
    "cage",
    `The kernel does not let Fairlead make the namespaces in which charts and kustomizations run (${refused}): allow them with ` +
      "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu 24.04 and newer) or `sudo sysctl kernel.unprivileged_userns_clone=1` " +
      "(older Debian), or start with `--uncaged`, which runs what is in your repositories with your own rights",
  );
};
