/** The clusters of a stack: control planes of our own here, one of the user's in own-cluster.ts. */
import { readFile } from "node:fs/promises";
import { accessOfKubeconfig } from "../../../shared/adapters/kubernetes/access.ts";
import { openCluster } from "../../../shared/adapters/kubernetes/cluster.ts";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import { controlPlanePrograms } from "../control-plane/binaries.ts";
import { versions } from "../control-plane/programs.ts";
import { startControlPlane } from "../control-plane/start.ts";
import type { StackFolders } from "./folders.ts";
import type { Launch } from "./launch.ts";

export interface StackCluster {
  readonly name: string;
  /** For kubectl. */
  readonly kubeconfig: string;
  readonly context?: string;
  /** What the functions get: a kubeconfig with one context and no files or programs. Asked again and again, since tokens expire. */
  readonly credentials: () => Promise<string>;
  /** A connection for looking at it; close it. */
  readonly open: () => Promise<Cluster>;
  /** Only a cluster of our own may be taken away and given back. */
  readonly control?: { stopApiServer(): Promise<void>; startApiServer(): Promise<void> };
}

/** Fetches or builds the programs first, once for all. */
export const startClusters = async (names: readonly string[], folders: StackFolders, launch: Launch): Promise<readonly StackCluster[]> => {
  if (names.length === 0) return [];
  await launch.step("Kubernetes", controlPlanePrograms, () => `${versions.kubernetes}, etcd ${versions.etcd}, KWOK ${versions.kwok}`);
  return Promise.all(names.map((name) => startCluster(name, folders, launch)));
};

const startCluster = async (name: string, folders: StackFolders, launch: Launch): Promise<StackCluster> => {
  const plane = await launch.start(
    `Cluster ${name}`,
    (onProgress) => startControlPlane({ name, folder: folders.cluster(name), onProgress }),
    ({ server }) => server,
  );
  const { kubeconfig, stopApiServer, startApiServer } = plane;
  return {
    name,
    kubeconfig,
    credentials: () => readFile(kubeconfig, "utf8"),
    open: () => openByKubeconfig(name, kubeconfig),
    control: { stopApiServer, startApiServer },
  };
};

export const openByKubeconfig = async (name: string, file: string, context?: string): Promise<Cluster> => {
  const { address, credentials } = await accessOfKubeconfig(name, file, context);
  return openCluster(address, credentials);
};
