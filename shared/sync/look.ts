import { stillStands } from "../diff/stands.ts";
import type { CustomHealth } from "../health/check.ts";
import { type Application, hasSyncOption } from "../model/application.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { DeleteOptions, LiveObject } from "../ports/cluster.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { readInventory } from "../state/inventories.ts";
import type { Lease } from "../state/leases.ts";
import type { ApplyContext } from "./apply.ts";
import { applyContext } from "./apply-context.ts";
import { type DesiredState, desiredState } from "./desired.ts";
import { observe } from "./observe.ts";
import type { PreflightContext } from "./operation/preflight.ts";
import { type Plan, planSync } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";

export interface SyncSubject {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly manifests: readonly Manifest[];
  readonly output: string;
  /** What render had to say about them. */
  readonly warnings: readonly string[];
  readonly lease: Lease;
}

/** Desired and live state as one step sees them, and the plan that follows. */
export interface Look {
  readonly desired: DesiredState;
  /** What goes to the registry instead of the cluster. */
  readonly declared: readonly Manifest[];
  readonly inventory: Inventory;
  readonly live: ReadonlyMap<string, LiveObject>;
  readonly prune: boolean;
  readonly plan: Plan;
  readonly context: ApplyContext;
  readonly health: CustomHealth | undefined;
  readonly preflight: Omit<PreflightContext, "lease">;
  readonly propagation: DeleteOptions["propagation"];
}

/** Asks the cluster and our own records; changes nothing. */
export const lookAt = async (subject: SyncSubject, world: SyncWorld): Promise<Look> => {
  const { application, state } = subject;
  const { syncOptions, automated } = application.syncPolicy;
  const [declared, manifests] = partition(subject.manifests, (manifest) => world.registry.claims(manifest, application));
  const cluster = await world.clusters.connect(state.cluster);
  const apis = await cluster.discover();
  const desired = desiredState(manifests, application, apis);
  const inventory = await readInventory(world.table, world.artifacts, application.name);
  const live = await observe(cluster, apis, desired.objects, inventory);
  const context = await applyContext(application, cluster, live, inventory, state.requested !== undefined, world);
  const prune = state.requested?.prune ?? automated?.prune ?? false;
  const plan = planSync({
    application: application.name,
    desired: desired.objects,
    inventory,
    live,
    prune,
    ownerOf: context.ownerOf,
    matches: (object, entry) => stillStands(entry, object, context.fingerprint),
  });
  return {
    desired,
    declared,
    inventory,
    live,
    prune,
    plan,
    context,
    health: undefined,
    preflight: { cluster, exempt: () => hasSyncOption(syncOptions, "PreflightDryRun", "false"), mayBeMissing: () => false },
    propagation: "Foreground",
  };
};

const partition = <T>(all: readonly T[], belongs: (one: T) => boolean): readonly [readonly T[], readonly T[]] => [
  all.filter(belongs),
  all.filter((one) => !belongs(one)),
];
