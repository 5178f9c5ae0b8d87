import type { Application } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import type { Excluded } from "../model/resource-filter.ts";
import { formatKey, keyOf, type ResourceKey } from "../model/resource-key.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { Tracking } from "../model/tracking.ts";
import type { ClusterApis, LiveObject } from "../ports/cluster.ts";
import { type ApplicationState, readStates } from "../state/application-state.ts";
import { readApplications } from "../state/applications.ts";
import { type Contested, contestedBy } from "../state/contests.ts";
import { longestDelay } from "../state/messages.ts";
import type { OwnerOf } from "./apply-context.ts";
import { type DesiredObject, desiredState } from "./desired.ts";
import { desiredManifests } from "./desired-manifests.ts";
import type { Look, SyncSubject } from "./look.ts";
import { isDifference, keyOfChange, type Plan, type PlannedChange, withoutExtraneous } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";

export interface Contest {
  /** Whose a live object is, those not counted that their owner gave up. */
  readonly ownerOf: OwnerOf;
  /** Another Application of ours has something that Git wants for this one, as far as we know. */
  readonly isContested: boolean;
  /** By whom, and what was known of them. */
  readonly contested: Contested | undefined;
}

export interface ContestSubject {
  readonly desired: readonly DesiredObject[];
  readonly live: ReadonlyMap<string, LiveObject>;
  readonly ownerOf: OwnerOf;
  /** The cluster that all of it is on, as state items name it. */
  readonly cluster: string;
  readonly apis: ClusterApis;
  readonly tracking: Tracking;
  readonly excluded: Excluded;
}

type ContestWorld = Pick<SyncWorld, "table" | "artifacts"> & Partial<Pick<SyncWorld, "renderLimits">>;

/** At most so many owners' manifests in memory at once. */
const width = 4;

/**
 * Objects move from one Application to another in one commit. One that another Application has, and no longer wants as Git has it now, is given
 * up: whoever wants it takes it, and the owner's prune leaves alone what another one tracks. As long as it is not known what the owner wants
 * (its sources are broken, or not rendered yet), the object stays its own. Owners are read only where something that Git wants is theirs.
 */
export const contestOf = async (subject: ContestSubject, world: ContestWorld): Promise<Contest> => {
  const { desired, live, ownerOf } = subject;
  const claims = desired.flatMap(({ key }) => {
    const found = live.get(formatKey(key));
    const owner = found?.state === "found" ? ownerOf(found.object) : undefined;
    return owner === undefined ? [] : [{ owner, name: formatKey(key) }];
  });
  if (claims.length === 0) return { ownerOf, isContested: false, contested: undefined };
  const owners = [...new Set(claims.map(({ owner }) => owner))];
  // One that cannot be read is not known: it keeps what is its own.
  const unreadable = () => undefined;
  const applications = await readApplications(world.table, owners, unreadable);
  const states = await readStates(world.table, owners, unreadable);
  const known = await sideBySide(
    applications,
    width,
    async (owner) => [owner.name, await wishesOf(owner, states.get(owner.name), subject, world)] as const,
  );
  const wishes = new Map(known);
  const isGivenUp = (owner: string, name: string) => wishes.get(owner)?.has(name) === false;
  const standing = new Set(claims.filter(({ owner, name }) => !isGivenUp(owner, name)).map(({ owner }) => owner));
  return {
    ownerOf: (object) => {
      const owner = ownerOf(object);
      return owner !== undefined && isGivenUp(owner, formatKey(keyOf(object))) ? undefined : owner;
    },
    isContested: [...standing].some((owner) => wishes.has(owner)),
    contested: standing.size === 0 ? undefined : contestedBy([...standing], states),
  };
};

/** Formatted keys of all that Git wants for an Application, hooks included; undefined where that is not known. */
const wishesOf = async (
  owner: Application,
  state: ApplicationState | undefined,
  { cluster, apis, tracking, excluded }: ContestSubject,
  world: ContestWorld,
): Promise<ReadonlySet<string> | undefined> => {
  if (state?.removal !== undefined) return new Set();
  // One cluster may have two names.
  if (state?.cluster !== cluster) return undefined;
  try {
    const wanted = await desiredManifests(state, world);
    // One that renders to nothing is refused: it gives nothing up.
    if (wanted.kind !== "manifests" || wanted.manifests.length === 0) return undefined;
    const { objects, hooks } = desiredState(wanted.manifests, owner, apis, { tracking, excluded });
    return new Set([...objects.map(({ key }) => key), ...hooks.map(keyOf)].map(formatKey));
  } catch (error) {
    // Such as an artifact that is gone, or manifests that cannot be used: its own sync tells.
    if (error instanceof Failure) return undefined;
    throw error;
  }
};

/** Milliseconds until the first look; each waits as long as the commit is old, up to what a message can wait. */
const firstLook = 120_000;
/** Longer than what is not rendered yet, or being deleted, takes (ms). After that a scan of the cluster sees what the others do: drift/contested.ts. */
const lastLook = 30 * 60_000;

/**
 * When an Application whose revision is applied but for what others have is looked at again, ms since 1970: they may have given it up by then,
 * or deleted it. What was left alone is in no inventory of this one.
 */
export const contestedUntil = (
  { application, state }: Pick<SyncSubject, "application" | "state">,
  { isContested }: Pick<Look, "isContested">,
  now: number,
): number | undefined => {
  if (!isContested || application.syncPolicy.automated === undefined) return undefined;
  const age = now - (state.desiredAt ?? now);
  if (age > lastLook) return undefined;
  return now + Math.min(Math.max(age, firstLook), longestDelay * 1000);
};

/**
 * What this very revision left to others and may have now, or what a worker wrote that had lost its lease: no row says that it was applied, so that
 * applying it is the rest of that sync and no self-heal.
 */
const isLeftOver =
  ({ inventory }: Pick<Look, "inventory">) =>
  (change: PlannedChange): boolean =>
    isDifference(change) &&
    change.kind !== "prune" &&
    change.kind !== "keep" &&
    inventory.get(formatKey(keyOfChange(change)))?.desired === undefined;

/** The same of what Git does not want; after a restore, all of it that was kept until its cluster was searched. */
const leftOverPrunes = ({ plan }: Pick<Look, "plan">, { searched }: ApplicationState): Plan["prune"] =>
  withoutExtraneous(plan).prune.filter(({ entry }) => searched === true || entry.desired === undefined);

/** Nobody settled it, and it is gone, such as what a worker wrote late and another one had pruned: there is only its row to be dropped. */
const isGoneRow =
  ({ inventory }: Pick<Look, "inventory">) =>
  (key: ResourceKey): boolean => {
    const entry = inventory.get(formatKey(key));
    return entry?.desired === undefined && !entry?.hook;
  };

export const hasLeftOver = (look: Look, state: ApplicationState): boolean =>
  look.plan.waves.some(({ changes }) => changes.some(isLeftOver(look))) ||
  leftOverPrunes(look, state).length > 0 ||
  look.plan.vanished.some(isGoneRow(look));

/** A look at nothing else. */
export const onlyLeftOver = (look: Look, state: ApplicationState): Look => narrowedTo(look, isLeftOver(look), leftOverPrunes(look, state));

const narrowedTo = (look: Look, isRest: (change: PlannedChange) => boolean, prune: Plan["prune"]): Look => {
  const changes = look.plan.waves.flatMap((wave) => wave.changes);
  const isPartial =
    look.isPartial || look.plan.prune.length > prune.length || changes.some((change) => isDifference(change) && !isRest(change));
  const waves = look.plan.waves.map((wave) => ({
    ...wave,
    changes: wave.changes.filter((change) => isRest(change) || change.kind === "unchanged"),
  }));
  return { ...look, isPartial, plan: { ...look.plan, waves, prune } };
};
