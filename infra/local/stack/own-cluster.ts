/**
 * A cluster of the user's, named by a kubeconfig on the command line, in place of ours. The sample goes to clusters harbor and quay: both
 * names mean this one. Nothing is touched in it but what the Applications' namespaces hold.
 */
import { readFile, writeFile } from "node:fs/promises";
import { accessOfKubeconfig } from "../../../shared/adapters/kubernetes/access.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { sampleNamespaces } from "../sample/sample.ts";
import { openByKubeconfig, type StackCluster } from "./clusters.ts";
import type { StackFolders } from "./folders.ts";
import type { Launch } from "./launch.ts";
import { ownKubeconfig } from "./own-kubeconfig.ts";

export interface OwnCluster {
  readonly file: string;
  readonly context?: string;
}

/**
 * The user's cluster under each of the names.
 * @param forSample The sample goes there: its namespaces must not be somebody else's.
 * @throws Failure ClusterUnreachable, ClusterForbidden or ConfigurationInvalid when it cannot be used.
 */
export const joinOwnCluster = async (
  names: readonly string[],
  { file, context }: OwnCluster,
  folders: StackFolders,
  launch: Launch,
  forSample: boolean,
): Promise<readonly StackCluster[]> => {
  const open = () => openByKubeconfig(names[0] ?? "yours", file, context);
  const { server } = await launch.step(
    "Your cluster",
    () => reach(open, file, context),
    (reached) => `${reached.server}, ${reached.version}, in place of ${names.join(" and ")}`,
  );
  if (forSample && (await rememberedServer(folders)) !== server) {
    await refuseTakenNamespaces(open, file);
    await writeFile(folders.ownCluster, JSON.stringify({ server }));
  }
  const credentials = await ownKubeconfig("yours", file, context);
  return names.map((name) => ({ name, kubeconfig: file, ...(context !== undefined && { context }), credentials, open }));
};

const reach = async (open: StackCluster["open"], file: string, context: string | undefined) => {
  const { address } = await accessOfKubeconfig("yours", file, context);
  const cluster = await open();
  try {
    const { version } = await cluster.discover();
    return { version, server: address.server.origin };
  } finally {
    await cluster.close();
  }
};

/** The server that an earlier start put the sample on. */
const rememberedServer = async ({ ownCluster }: StackFolders): Promise<string | undefined> => {
  const text = await readFile(ownCluster, "utf8").catch(() => "{}");
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null && "server" in value ? String(value.server) : undefined;
};

/** Throws ConfigurationInvalid that names the namespaces of the sample which somebody else has already. */
const refuseTakenNamespaces = async (open: StackCluster["open"], file: string): Promise<void> => {
  const cluster = await open();
  try {
    const looks = sampleNamespaces.map(async (name) => {
      const { state } = await cluster.get({ apiVersion: "v1", kind: "Namespace", namespace: "", name });
      return state === "found" ? [name] : [];
    });
    const taken = (await Promise.all(looks)).flat();
    if (taken.length > 0) throw new Failure("ConfigurationInvalid", file, takenMessage(taken));
  } finally {
    await cluster.close();
  }
};

const takenMessage = (taken: readonly string[]): string =>
  `Your cluster already has the namespaces ${taken.join(", ")}, into which the sample goes: delete them if an earlier start made them ` +
  `(kubectl delete namespace ${taken.join(" ")}), name another cluster, or use an installation file of your own with --config FILE`;
