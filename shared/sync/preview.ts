import { includesMutationWebhook } from "../diff/compare-options.ts";
import { differencesBetween } from "../diff/field-changes.ts";
import { fieldManager } from "../diff/field-manager.ts";
import { ignoring } from "../diff/ignore-rules.ts";
import type { Ignoring } from "../diff/ignored.ts";
import { predictApply } from "../diff/prediction.ts";
import type { Application } from "../model/application.ts";
import { assertNever, Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ObjectResult } from "../model/operation.ts";
import { describeKey } from "../model/resource-key.ts";
import { actingCluster } from "../policy/acting-cluster.ts";
import { excludedIn, withoutExcluded } from "../policy/excluded-kinds.ts";
import { syncOptionsOf } from "../policy/sync-options.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { readInventory } from "../state/inventories.ts";
import { readCustomizations } from "../state/settings.ts";
import { ownersOf } from "./apply-context.ts";
import { contestOf } from "./contested.ts";
import { desiredState } from "./desired.ts";
import { desiredManifests } from "./desired-manifests.ts";
import { observe } from "./observe.ts";
import { type PlannedChange, planSync } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";
import { unseenOf } from "./unseen.ts";

export type PreviewWorld = Pick<SyncWorld, "table" | "artifacts" | "clusters" | "jq"> & {
  readonly claims: (manifest: Manifest, application: Application) => boolean;
};

export interface Preview {
  /** What a sync would do to each object of the cluster, unchanged ones included. */
  readonly results: readonly ObjectResult[];
  /** How many objects would go to the registry; what becomes of them is not in the cluster's hands. */
  readonly registered: number;
}

/**
 * What a sync would change, without changing anything: the plan, and for each object that is there the server's own prediction (a dry run),
 * so that defaults are no differences. Throws what a sync would: the source's error, DestinationUnknown, ClusterUnreachable.
 */
export const previewSync = async (application: Application, state: ApplicationState, world: PreviewWorld): Promise<Preview> => {
  const wanted = await desiredManifests(state, world);
  if (wanted.kind === "failed") throw new Failure("RenderFailed", application.name, wanted.reason);
  if (wanted.kind === "waiting")
    throw new Failure("ArtifactMissing", application.name, `${application.name} is being fetched and rendered; ask again in a moment`);
  const manifests = wanted.manifests.filter((manifest) => !world.claims(manifest, application));
  const customizations = await readCustomizations(world.table);
  const connected = await world.clusters.connect(state.cluster);
  const cluster = await actingCluster(connected, { application, name: state.cluster, customizations }, world);
  const apis = await cluster.discover();
  const { tracking, respectRbac } = customizations;
  const excluded = await excludedIn(state.cluster, customizations, world.clusters);
  const desired = desiredState(manifests, application, apis, { tracking, excluded });
  const inventory = withoutExcluded(await readInventory(world.table, world.artifacts, application.name), excluded);
  const live = await observe(cluster, apis, desired.objects, inventory);
  const owners = await ownersOf(application.name, live, tracking, world);
  const claimed = { desired: desired.objects, live, ownerOf: owners, cluster: state.cluster, apis, tracking, excluded };
  const { ownerOf } = await contestOf(claimed, world);
  const plan = planSync({
    application: application.name,
    desired: desired.objects,
    inventory,
    live,
    prune: true,
    optionsOf: (manifest) => syncOptionsOf(application, manifest),
    confirmed: true,
    ownerOf,
    tracking,
    unseen: await unseenOf(respectRbac, live, apis, cluster),
    matches: () => false,
  });
  const changes = [...plan.waves.flatMap((wave) => wave.changes), ...plan.prune, ...plan.kept];
  const comparing = { application, ignored: ignoring({ application, customizations, jq: world.jq }) };
  const results = await Promise.all(changes.map((change) => previewChange(change, cluster, comparing)));
  return { results, registered: wanted.manifests.length - manifests.length };
};

interface Comparing {
  readonly application: Application;
  readonly ignored: Ignoring;
}

const previewChange = async (change: PlannedChange, cluster: Cluster, comparing: Comparing): Promise<ObjectResult> => {
  switch (change.kind) {
    case "create":
      return { key: change.object.key, action: "created", code: "Synced" };
    case "configure":
      return predict(change, cluster, comparing);
    case "unchanged":
      return { key: change.object.key, action: "unchanged", code: "Synced" };
    case "prune":
      return { key: change.entry.key, action: "deleted", code: "Pruned" };
    case "keep":
      return { key: change.key, action: "skipped", code: "PruneSkipped", message: change.detail };
    default:
      return assertNever(change);
  }
};

const predict = async (
  { object, live: found }: Extract<PlannedChange, { kind: "configure" }>,
  cluster: Cluster,
  { application, ignored }: Comparing,
): Promise<ObjectResult> => {
  const prediction = await predictAs(cluster, object.manifest, found, syncOptionsOf(application, object.manifest).validate);
  if (prediction.state === "unsettled")
    return { key: object.key, action: "unknown", code: "Synced", message: `${describeKey(object.key)} keeps changing; ask again` };
  if (prediction.state === "refused") return { key: object.key, action: "unknown", code: "SyncFailed", message: prediction.message };
  const { predicted, live } = prediction;
  const includeMutationWebhook = includesMutationWebhook(application, object.manifest);
  const fields = differencesBetween(predicted, live, { fieldManager, ignored, includeMutationWebhook });
  return fields.length === 0
    ? { key: object.key, action: "unchanged", code: "Synced" }
    : { key: object.key, action: "configured", code: "Synced", fields };
};

/** Where no account is named for the destination, a sync of this object would be refused with these words. */
const predictAs = async (...given: Parameters<typeof predictApply>): Promise<Awaited<ReturnType<typeof predictApply>>> => {
  try {
    return await predictApply(...given);
  } catch (error) {
    if (error instanceof Failure && error.code === "ApplyRefused") return { state: "refused", message: error.message };
    throw error;
  }
};
