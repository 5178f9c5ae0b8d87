import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { isJsonObject, type Json } from "../../../shared/model/json.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import type { StackCluster } from "../stack/clusters.ts";
import type { StackFolders } from "../stack/folders.ts";
import type { Look } from "./look.ts";

/** One cluster as the tour sees it: what its API server answers, and what a person does to it with kubectl. */
export interface Harbour {
  readonly name: string;
  readonly control: StackCluster["control"];
  /** Undefined where there is none. */
  find(kind: Kind, namespace: string, name: string): Promise<Manifest | undefined>;
  kubectl(...args: readonly string[]): Promise<void>;
  /** As `kubectl edit` with an editor in which a person replaces one word by another. Words of letters, digits, `.`, `:` and `-`. */
  edit(kind: Kind, namespace: string, name: string, from: string, to: string): Promise<void>;
  close(): Promise<void>;
}

const kinds = {
  Deployment: "apps/v1",
  Service: "v1",
  ServiceAccount: "v1",
  CronJob: "batch/v1",
  Job: "batch/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
} as const;
export type Kind = keyof typeof kinds;

export const openHarbour = async (cluster: StackCluster, folders: StackFolders): Promise<Harbour> => {
  const { name, kubeconfig, context, control } = cluster;
  const kubectl = join(folders.bin, "kubectl");
  const cache = join(folders.work, "kubectl");
  const place = ["--kubeconfig", kubeconfig, "--cache-dir", cache, ...(context === undefined ? [] : ["--context", context])];
  // A connection does not outlive its API server, which the tour takes away.
  let connection: Promise<Cluster> | undefined;
  const ask = async <T>(question: (connected: Cluster) => Promise<T>): Promise<T> => {
    connection ??= cluster.open();
    const asked = connection;
    try {
      return await question(await asked);
    } catch (error) {
      connection = undefined;
      await asked.then((old) => old.close()).catch(() => {});
      throw error;
    }
  };
  return {
    name,
    control,
    find: async (kind, namespace, objectName) => {
      const found = await ask((connected) => connected.get({ apiVersion: kinds[kind], kind, namespace, name: objectName }));
      if (found.state === "forbidden") throw new Error(found.reason);
      return found.state === "found" ? found.object : undefined;
    },
    kubectl: async (...args) => void (await promisify(execFile)(kubectl, [...place, ...args])),
    edit: async (kind, namespace, objectName, from, to) => {
      const env = { ...process.env, KUBE_EDITOR: `sed -i s/${from}/${to}/` };
      await promisify(execFile)(kubectl, [...place, "--namespace", namespace, "edit", kind, objectName], { env });
    },
    close: async () => connection?.then((connected) => connected.close()),
  };
};

/** The value at a path such as `spec.replicas` or `spec.ports.0.port`. */
export const valueAt = (object: Json | undefined, path: string): Json | undefined =>
  path.split(".").reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isJsonObject(value) ? value[step] : undefined;
  }, object);

/** A Deployment has so many replicas, and all of them are there. */
export const sails = async (harbour: Harbour, namespace: string, name: string, replicas: number): Promise<Look> => {
  const object = await harbour.find("Deployment", namespace, name);
  if (!object) return { instead: `${name} in ${namespace} on ${harbour.name} is not there` };
  const [wanted = 0, available = 0] = [valueAt(object, "spec.replicas"), valueAt(object, "status.availableReplicas")];
  const found = `${name} in ${namespace} on ${harbour.name} has ${wanted} replica${wanted === 1 ? "" : "s"}, ${available} available`;
  return wanted === replicas && available === replicas ? { seen: found } : { instead: found };
};

/** A field of an object has this value. */
export const reads = async (harbour: Harbour, kind: Kind, namespace: string, name: string, path: string, value: Json): Promise<Look> => {
  const object = await harbour.find(kind, namespace, name);
  const found = `${path} of ${kind} ${name} in ${namespace} on ${harbour.name} is ${JSON.stringify(valueAt(object, path)) ?? "absent"}`;
  return valueAt(object, path) === value ? { seen: found } : { instead: found };
};

/** An object is not there. */
export const isGone = async (harbour: Harbour, kind: Kind, namespace: string, name: string): Promise<Look> => {
  const found = await harbour.find(kind, namespace, name);
  const what = `${kind} ${name} in ${namespace} on ${harbour.name}`;
  return found ? { instead: `${what} is still there` } : { seen: `${what} is gone` };
};

/** Counts changes of what is desired of an object, not of its status. */
export const generationOf = async (harbour: Harbour, namespace: string, name: string) =>
  valueAt(await harbour.find("Deployment", namespace, name), "metadata.generation");

/** Nothing of what is desired of it has changed since. */
export const untouched = async (
  harbour: Harbour,
  namespace: string,
  name: string,
  generation: Awaited<ReturnType<typeof generationOf>>,
) => {
  const now = await generationOf(harbour, namespace, name);
  const what = `${name} in ${namespace} on ${harbour.name}`;
  return now === generation
    ? { seen: `${what} was not touched` }
    : { instead: `${what} was changed: generation ${String(now)} instead of ${String(generation)}` };
};
