import { hasReplicas } from "../diff/steered.ts";
import { steeredOf } from "../diff/steerers.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { Plan, PlannedChange } from "./plan.ts";

/**
 * An object whose replicas an autoscaler steers is applied with those that it has: Git's number would throw it back at every commit. Autoscalers
 * are asked for only where the two differ.
 */
export const leaveSteeredReplicas = async (plan: Plan, cluster: Cluster): Promise<Plan> => {
  const differing = plan.waves.flatMap(({ changes }) => changes).flatMap((change) => (differs(change) ? [change.live] : []));
  if (differing.length === 0) return plan;
  const steered = await steeredOf(cluster, differing);
  const left = (change: PlannedChange): PlannedChange =>
    differs(change) && steered(change.live) && !saysGit(change, steered)
      ? { ...change, object: { ...change.object, manifest: withReplicas(change.object.manifest, replicasOf(change.live)) } }
      : change;
  return { ...plan, waves: plan.waves.map(({ wave, changes }) => ({ wave, changes: changes.map(left) })) };
};

type Configure = Extract<PlannedChange, { kind: "configure" }>;

const differs = (change: PlannedChange): change is Configure =>
  change.kind === "configure" && hasReplicas(change.object.manifest) && replicasOf(change.object.manifest) !== replicasOf(change.live);

/** The new manifest may say that Git decides, where the live object does not say so yet. */
const saysGit = ({ object, live }: Configure, steered: (object: Manifest) => boolean): boolean =>
  !steered({ ...object.manifest, metadata: { ...object.manifest.metadata, namespace: live.metadata.namespace ?? "" } });

const replicasOf = ({ spec }: Manifest): Json | undefined => (isJsonObject(spec) ? spec.replicas : undefined);

const withReplicas = (manifest: Manifest, replicas: Json | undefined): Manifest => ({
  ...manifest,
  spec: { ...(isJsonObject(manifest.spec) ? manifest.spec : {}), replicas },
});
