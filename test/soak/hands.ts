import type { ControlPlane } from "../../infra/local/control-plane/start.ts";
import { kubectl } from "../support/kubectl.ts";
import type { SoakWorld } from "./faults.ts";

/** A ConfigMap's value changed by kubectl. Answers what was done; a cluster that is away takes no hand's work. */
export const editByHand = (world: SoakWorld): Promise<string> => byHand(world, "edit", ["patch", "-p", '{"data":{"value":"by hand"}}']);

export const deleteByHand = (world: SoakWorld): Promise<string> => byHand(world, "delete", ["delete"]);

const byHand = async (
  { applications, clusters, random }: SoakWorld,
  what: string,
  [verb = "", ...more]: readonly string[],
): Promise<string> => {
  const { namespace, cluster: name } = random.pick(applications);
  const cluster = clusterOf(clusters, name);
  const object = random.pick(["configmap/first", "configmap/second"]);
  const done = await kubectl(cluster, ["-n", namespace, verb, object, ...more]).then(
    () => "",
    () => " (it is not there)",
  );
  return `${what} ${object} of ${namespace} by hand${done}`;
};

const clusterOf = (clusters: readonly ControlPlane[], name: string): ControlPlane => {
  const found = clusters.find((cluster) => cluster.name === name);
  if (!found) throw new Error(`there is no cluster ${name}`);
  return found;
};
