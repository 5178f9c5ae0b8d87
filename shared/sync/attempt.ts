import { stillStands } from "../diff/stands.ts";
import { applicationHealth } from "../health/application-health.ts";
import type { Application } from "../model/application.ts";
import { hasSyncOption } from "../model/application.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { childrenOf } from "../state/applications.ts";
import { readInventory, writeInventory } from "../state/inventories.ts";
import type { Lease } from "../state/leases.ts";
import { applyContext } from "./apply-context.ts";
import { desiredState } from "./desired.ts";
import { createNamespace } from "./namespace.ts";
import { observe } from "./observe.ts";
import { isFailure, type Outcome } from "./outcome.ts";
import { ownedAfter, withPlanned } from "./owned.ts";
import { planSync } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";
import { checkPrune, pruneObjects } from "./prune.ts";
import { compared, keptResults, registryNotes, warningsOf } from "./results.ts";
import { tellRunning } from "./tell-running.ts";
import { applyWaves } from "./waves.ts";

export interface SyncSubject {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly manifests: readonly Manifest[];
  readonly output: string;
  /** What render had to say about them. */
  readonly warnings: readonly string[];
  readonly lease: Lease;
}

/**
 * Observe, plan, act: one operation on one Application's objects. What prevents it is thrown; what happens once it has begun is in the outcome,
 * with all that was done until then.
 */
export const attemptSync = async (subject: SyncSubject, world: SyncWorld): Promise<Outcome> => {
  const { application, state, lease, output } = subject;
  const [declared, manifests] = partition(subject.manifests, (manifest) => world.registry.claims(manifest, application));
  const cluster = await world.clusters.connect(state.cluster);
  const apis = await cluster.discover();
  const desired = desiredState(manifests, application, apis);
  const inventory = await readInventory(world.table, world.artifacts, application.name);
  const live = await observe(cluster, apis, desired.objects, inventory);
  const context = await applyContext(application, cluster, live, world);
  const prune = state.requested?.prune ?? application.syncPolicy.automated?.prune ?? false;
  const plan = planSync({
    application: application.name,
    desired: desired.objects,
    inventory,
    live,
    prune,
    ownerOf: context.ownerOf,
    matches: (object, entry) => stillStands(entry, object, context.fingerprint),
  });
  if (!mayAct(application, state)) return compared(plan);
  if (prune && desired.objects.length + declared.length === 0) await refuseToEmpty(application, inventory, world);

  const planned = withPlanned(inventory, plan);
  if (planned.size > inventory.size) await writeInventory(world.table, world.artifacts, application.name, planned);
  await tellRunning(plan, subject, world);
  if (hasSyncOption(application.syncPolicy.syncOptions, "CreateNamespace")) await createNamespace(application, manifests, cluster);
  const { applied, trouble } = await applyWaves(plan, context, lease, world.pause);
  const failed = trouble !== undefined || applied.some(({ result }) => isFailure(result));
  const pruned = failed ? [] : await pruneObjects(plan, { application: application.name, cluster, lease });
  const registered: Registered = failed ? { results: [] } : await register(subject, declared, prune, world);

  const results = [...applied.map(({ result }) => result), ...pruned, ...keptResults(plan), ...registered.results];
  const known = {
    results,
    inventory: ownedAfter(planned, plan, applied, pruned),
    output,
    ...(registered.awaiting !== undefined && { awaiting: registered.awaiting }),
  };
  if (trouble) return { kind: "failed", reason: trouble.message, retry: trouble.retry ? "unlimited" : "limited", ...known };
  const bad = results.find(isFailure);
  if (bad) return { kind: "failed", reason: bad.message ?? "an object failed", retry: "limited", ...known };
  const health = applicationHealth(
    applied.flatMap(({ live: object }) => (object ? [object] : [])),
    application.name,
  );
  return {
    kind: "applied",
    syncStatus: plan.kept.length > 0 ? "OutOfSync" : "Synced",
    health: health.status,
    ...(health.message !== undefined && { healthReason: health.message }),
    warnings: [...warningsOf(desired, application), ...subject.warnings, ...registryNotes(registered.results)],
    ...known,
  };
};

type Registered = Awaited<ReturnType<SyncWorld["registry"]["apply"]>>;

const partition = <T>(all: readonly T[], belongs: (one: T) => boolean): readonly [readonly T[], readonly T[]] => [
  all.filter(belongs),
  all.filter((one) => !belongs(one)),
];

/** Applications that it declared are lost by an empty render as objects are. */
const refuseToEmpty = async ({ name, syncPolicy }: Application, inventory: Inventory, { table }: SyncWorld): Promise<void> => {
  const children = await childrenOf(table, name);
  const allowEmpty = syncPolicy.automated?.allowEmpty ?? false;
  checkPrune({ application: name, desired: 0, owned: inventory.size + children.length, allowEmpty });
};

/** Automated: always, but for drift only where self-heal is on. Manual: when somebody asked. */
const mayAct = (application: Application, state: ApplicationState): boolean => {
  if (state.requested) return true;
  const { automated } = application.syncPolicy;
  if (!automated) return false;
  return !state.drifted || automated.selfHeal || state.input !== state.syncedInput;
};

const register = async (subject: SyncSubject, manifests: readonly Manifest[], prune: boolean, world: SyncWorld): Promise<Registered> =>
  world.registry.apply({
    parent: subject.application,
    manifests,
    prune,
    approval: subject.state.approval,
    digest: subject.output,
  });
