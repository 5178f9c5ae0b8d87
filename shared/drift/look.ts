import { driftWishes } from "../argocd/drift-annotations.ts";
import { skipsReconcile } from "../argocd/skip-reconcile.ts";
import { ignoring } from "../diff/ignore-rules.ts";
import { customHealth } from "../lua/custom-health.ts";
import { Failure } from "../model/failure.ts";
import type { Inventory } from "../model/inventory.ts";
import { excludedIn, withoutExcluded } from "../policy/excluded-kinds.ts";
import type { Cluster, ClusterApis } from "../ports/cluster.ts";
import { type ApplicationState, isDirty, readStates } from "../state/application-state.ts";
import { readApplications } from "../state/applications.ts";
import { readInventories, readInventory } from "../state/inventories.ts";
import { isUnreadable } from "../state/items.ts";
import { readCustomizations } from "../state/settings.ts";
import { actOn } from "./act.ts";
import { adoptTracked, isToBeSearched, type Search } from "./adopt.ts";
import { keepingApart } from "./apart.ts";
import { wakeContested } from "./contested.ts";
import { isDue } from "./due.ts";
import { judge } from "./judge.ts";
import { liveObjects } from "./live-objects.ts";
import type { DriftWorld } from "./ports.ts";
import { tellUnreadable } from "./unreadable.ts";

export interface LookOptions {
  /** What the cluster was found to serve just now. */
  readonly apis?: ClusterApis;
  /** When the cluster was looked at before (ms since 1970): Applications whose time has not come since are passed over. */
  readonly previous?: number | undefined;
  /** By Application: formatted keys of the only objects to look at. */
  readonly only?: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Looks at Applications of one cluster with lists that they share. Reads their states, declarations and inventories, writes nothing for what
 * did not change.
 * @returns names of those that should be looked at again soon: somebody is at work there, or drift waits for its time
 */
export const lookAtApplications = async (
  clusterName: string,
  cluster: Cluster,
  names: readonly string[],
  world: DriftWorld,
  { apis, previous, only }: LookOptions = {},
): Promise<readonly string[]> => {
  const unreadable = tellUnreadable(world);
  const unlessFailed = keepingApart(cluster, world);
  const states = await readStates(world.table, names, unreadable);
  const here = names.filter((name) => states.get(name)?.cluster === clusterName);
  const settled = here.filter((name) => isSettled(states.get(name)));
  const declared = new Map(
    (await readApplications(world.table, settled, unreadable)).map((application) => [application.name, application]),
  );
  if (only === undefined) {
    const standing = new Map([...states].filter(([name]) => here.includes(name)));
    await searchAfterRestore(standing, { cluster, apis, unlessFailed }, world);
    await wakeContested(standing, world);
  }
  const defaults = world.drift(clusterName);
  const now = world.clock.now();
  const due = settled.filter((name) => {
    const application = declared.get(name);
    if (!application || skipsReconcile(application)) return false;
    const { every = defaults.every, jitter = defaults.jitter } = driftWishes(application);
    return isDue(name, { every, jitter }, previous, now);
  });
  const customizations = await readCustomizations(world.table);
  const excluded = await excludedIn(clusterName, customizations, world.clusters);
  const owned = await inventoriesOf(due, unlessFailed, world);
  const inventories = new Map([...owned].map(([name, inventory]) => [name, withoutExcluded(inventory, excluded)] as const));
  // Whether what was told to have drifted stands again is seen from the whole of it only.
  const onlyOf = (name: string) => (states.get(name)?.drifted ? undefined : only?.get(name));
  const looked = [...inventories].map(([name, inventory]) => narrowed(inventory, onlyOf(name)));
  const live = await liveObjects(cluster, looked, { apis, few: only !== undefined });
  const key = await world.fingerprintKey();
  const custom = customHealth(customizations, world.clock.now);
  const again = here.filter((name) => isBusy(states.get(name)));
  for (const [name, inventory] of inventories) {
    const [state, application] = [states.get(name), declared.get(name)];
    if (!state || !application) continue;
    await unlessFailed(name, async () => {
      const ignored = ignoring({ application, customizations, jq: world.jq });
      const judgement = judge(application, inventory, live, { key, peoplesTools: world.peoplesTools, ignored, custom, only: onlyOf(name) });
      if ((await actOn({ application, state, judgement, ignored, tracking: customizations.tracking }, cluster, world)) === "later")
        again.push(name);
    });
  }
  return again;
};

const searchAfterRestore = async (
  states: ReadonlyMap<string, ApplicationState>,
  { cluster, apis, unlessFailed }: Pick<Search, "cluster" | "unlessFailed"> & { readonly apis: ClusterApis | undefined },
  world: DriftWorld,
): Promise<void> => {
  if (![...states.values()].some(isToBeSearched)) return;
  const declared = await readApplications(world.table, [...states.keys()], tellUnreadable(world));
  const homes = new Map(declared.flatMap(({ name, destination: { namespace } }) => (namespace === "" ? [] : [[name, namespace] as const])));
  const { tracking } = await readCustomizations(world.table);
  await adoptTracked(states, { cluster, apis: apis ?? (await cluster.discover()), tracking, homes, unlessFailed }, world);
};

const narrowed = (inventory: Inventory, only: ReadonlySet<string> | undefined): Inventory =>
  only === undefined ? inventory : new Map([...inventory].filter(([name]) => only.has(name)));

/** All in one read; where one of them cannot be read, each for itself. */
const inventoriesOf = async (
  names: readonly string[],
  unlessFailed: Search["unlessFailed"],
  world: DriftWorld,
): Promise<ReadonlyMap<string, Inventory>> => {
  const { table, artifacts } = world;
  try {
    return await readInventories(table, artifacts, names);
  } catch (error) {
    if (!(error instanceof Failure) || (error.retry && !isUnreadable(error))) throw error;
    const read = new Map<string, Inventory>();
    for (const name of names) await unlessFailed(name, async () => void read.set(name, await readInventory(table, artifacts, name)));
    return read;
  }
};

/** Somebody is at work, or will be: what moves there is looked at afterwards. */
const isBusy = (state: ApplicationState | undefined): boolean =>
  state !== undefined && (isDirty(state) || state.owner !== undefined || state.phase === "Running" || state.retryAt !== undefined);

/** Whoever is at work, or has failed and will be tried again, is not drifting. */
const isSettled = (state: ApplicationState | undefined): boolean =>
  state !== undefined && !state.unproven && !isBusy(state) && state.syncedOutput !== undefined;
