import { sameJson } from "../diff/same-json.ts";
import { stillStands } from "../diff/stands.ts";
import { trackedAsBefore } from "../diff/tracking.ts";
import type { CustomHealth } from "../health/check.ts";
import { customHealth } from "../lua/custom-health.ts";
import type { Application } from "../model/application.ts";
import { digestOfJson } from "../model/digest.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import { formatKey } from "../model/resource-key.ts";
import { type SelectedResource, type SyncRequest, selectorOf } from "../model/sync-request.ts";
import type { Tracking } from "../model/tracking.ts";
import { actingCluster } from "../policy/acting-cluster.ts";
import { isDeletionApproved } from "../policy/approval.ts";
import { excludedIn, withoutExcluded } from "../policy/excluded-kinds.ts";
import { applicationOptions, objectOptions, type SyncOptions } from "../policy/sync-options.ts";
import type { LiveObject } from "../ports/cluster.ts";
import type { ApplicationState } from "../state/application-state.ts";
import type { Contested } from "../state/contests.ts";
import { readInventory } from "../state/inventories.ts";
import type { Lease } from "../state/leases.ts";
import { readSelection } from "../state/selections.ts";
import { readCustomizations } from "../state/settings.ts";
import type { ApplyContext } from "./apply.ts";
import { applyContext } from "./apply-context.ts";
import { contestOf } from "./contested.ts";
import { type DesiredState, desiredState } from "./desired.ts";
import { observe } from "./observe.ts";
import type { PreflightContext } from "./operation/preflight.ts";
import { keyOfChange, type Plan, planSync, type RemovalInput } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";
import { leaveSteeredReplicas } from "./steered-replicas.ts";
import type { StepTime } from "./step-time.ts";
import { notYetProven, withoutWhatMatches } from "./unproven.ts";
import { unseenOf } from "./unseen.ts";

export interface SyncSubject {
  readonly application: Application;
  readonly state: ApplicationState;
  /** What a person asked for, if anyone did. */
  readonly request: SyncRequest | undefined;
  readonly manifests: readonly Manifest[];
  readonly output: string;
  /** What render had to say about them. */
  readonly warnings: readonly string[];
  readonly lease: Lease;
  readonly time: StepTime;
  /** The last holder died: what it did stands in no state. */
  readonly takenOver?: boolean;
}

/** Desired and live state as one step sees them, and the plan that follows. */
export interface Look {
  readonly desired: DesiredState;
  /** What goes to the registry instead of the cluster. */
  readonly declared: readonly Manifest[];
  /** All of it; `managed` is what is looked at: without the kinds that argocd-cm excludes. */
  readonly inventory: Inventory;
  readonly managed: Inventory;
  readonly tracking: Tracking;
  readonly live: ReadonlyMap<string, LiveObject>;
  readonly options: SyncOptions;
  readonly rules: Omit<RemovalInput, "live">;
  /** Of the objects that are asked for. */
  readonly plan: Plan;
  /** A person said yes to what the last operation asked. */
  readonly isAnswered: boolean;
  /** Some that differ were not asked for. */
  readonly isPartial: boolean;
  /** Some are another Application's, or are being deleted and to be created again: see contested.ts. */
  readonly isContested: boolean;
  readonly contested: Contested | undefined;
  readonly context: ApplyContext;
  readonly health: CustomHealth | undefined;
  readonly preflight: Omit<PreflightContext, "lease" | "time">;
}

/** What looking needs of the world: nothing that writes. */
export type LookWorld = Pick<SyncWorld, "table" | "artifacts" | "clusters" | "clock" | "fingerprintKey" | "jq" | "peoplesTools"> &
  Partial<Pick<SyncWorld, "renderLimits">> & {
    readonly registry: Pick<SyncWorld["registry"], "claims">;
  };

/** Asks the cluster and our own records; changes nothing. `since`: when the operation began, ms since 1970. */
export const lookAt = async (subject: Omit<SyncSubject, "lease" | "time">, since: number, world: LookWorld): Promise<Look> => {
  const { application, state, request } = subject;
  const [declared, manifests] = partition(subject.manifests, (manifest) => world.registry.claims(manifest, application));
  const asked = await readSelection(world.table, application.name, request?.resources);
  const [cluster, inventory, customizations] = await Promise.all([
    world.clusters.connect(state.cluster),
    readInventory(world.table, world.artifacts, application.name),
    readCustomizations(world.table),
  ]);
  const apis = await cluster.discover();
  const { tracking, respectRbac } = customizations;
  const excluded = await excludedIn(state.cluster, customizations, world.clusters);
  const managed = withoutExcluded(inventory, excluded);
  const desired = desiredState(manifests, application, apis, { tracking, excluded });
  const live = await observe(cluster, apis, desired.objects, managed);
  const options = applicationOptions(application, request);
  const optionsOf = (manifest: Manifest) => objectOptions(options, manifest);
  const requested = request !== undefined;
  const acting = await actingCluster(cluster, { application, name: state.cluster, customizations }, world);
  const applying = await applyContext({ application, cluster: acting, live, inventory, customizations, optionsOf, requested }, world);
  const claimed = { desired: desired.objects, live, ownerOf: applying.ownerOf, cluster: state.cluster, apis, tracking, excluded };
  const { ownerOf, isContested, contested } = await contestOf(claimed, world);
  const context = { ...applying, ownerOf };
  const isAsked = state.awaitingDigest === subject.output;
  const confirmed = state.approval === subject.output || isDeletionApproved(application, (isAsked ? state.askedAt : undefined) ?? since);
  const isAnswered = isAsked && confirmed;
  const rules = {
    application: application.name,
    // What was asked about was to be pruned, whoever wanted it.
    prune: !state.unproven && (request?.prune ?? (isAnswered || (application.syncPolicy.automated?.prune ?? false))),
    ...(state.unproven && { heldBy: notYetProven }),
    optionsOf,
    confirmed,
    ownerOf,
    tracking,
    unseen: await unseenOf(respectRbac, live, apis, cluster),
  };
  const matches: Parameters<typeof planSync>[0]["matches"] = (object, entry) => stillStands(entry, object, context.fingerprint, context);
  const planned = planSync({ ...rules, desired: desired.objects, inventory: managed, live, matches, remarked: isRemarked(application) });
  // Searched is not synced: rows are as old as the backup until a sync has compared them.
  const compared = state.unproven || state.searched ? await withoutWhatMatches(planned, { ...context, cluster }) : planned;
  const whole = await leaveSteeredReplicas(compared, cluster);
  const plan = asked === undefined ? whole : selected(whole, asked);
  return {
    desired,
    declared: asked === undefined ? declared : [],
    inventory,
    managed,
    tracking,
    live,
    options,
    rules,
    plan,
    isAnswered,
    isPartial: plan !== whole && workIn(plan) < workIn(whole),
    isContested: isContested || isAnyGoing(desired.objects, live),
    contested,
    context,
    health: customHealth(customizations, world.clock.now),
    preflight: {
      cluster: acting,
      sentOver: context.sentOver,
      exempt: (manifest) => !options.preflightDryRun || isRewritten(optionsOf(manifest)),
      validates: (manifest) => optionsOf(manifest).validate,
      mayBeMissing: (manifest) => optionsOf(manifest).skipDryRunOnMissingResource,
    },
  };
};

const isAnyGoing = (desired: DesiredState["objects"], live: Look["live"]): boolean =>
  desired.some(({ key }) => {
    const found = live.get(formatKey(key));
    return found?.state === "found" && found.object.metadata.deletionTimestamp !== undefined;
  });

const isRemarked =
  ({ name }: Application): NonNullable<Parameters<typeof planSync>[0]["remarked"]> =>
  ({ bare, manifest }, live, { desired }) => {
    const before = trackedAsBefore(bare, live, name);
    // Nearly always the marks are as they were, and what differs is Git's: no need to hash it all.
    const isSame =
      sameJson(before.metadata.labels, manifest.metadata.labels) && sameJson(before.metadata.annotations, manifest.metadata.annotations);
    return !isSame && desired === digestOfJson(before);
  };

/** Deleted and created anew: what the server says of a change does not count. */
const isRewritten = ({ replace, force }: SyncOptions): boolean => replace || force;

const selected = (plan: Plan, resources: readonly SelectedResource[]): Plan => {
  const isSelected = selectorOf(resources);
  return {
    waves: plan.waves.map(({ wave, changes }) => ({ wave, changes: changes.filter((change) => isSelected(keyOfChange(change))) })),
    prune: plan.prune.filter((change) => isSelected(keyOfChange(change))),
    kept: plan.kept.filter((change) => isSelected(keyOfChange(change))),
    vanished: plan.vanished,
  };
};

const workIn = ({ waves, prune, kept }: Plan): number =>
  waves.flatMap(({ changes }) => changes).filter(({ kind }) => kind !== "unchanged").length + prune.length + kept.length;

const partition = <T>(all: readonly T[], belongs: (one: T) => boolean): readonly [readonly T[], readonly T[]] => [
  all.filter(belongs),
  all.filter((one) => !belongs(one)),
];
