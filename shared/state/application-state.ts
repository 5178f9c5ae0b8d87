import * as z from "zod/mini";
import type { Failure } from "../model/failure.ts";
import type { Item, Table } from "../ports/table.ts";
import { keys, readItem, readItems, throwIt, type Unreadable } from "./items.ts";
import { PlaceItem } from "./places.ts";
import { HealsItem } from "./repeated-heals.ts";
import { SyncRequestItem } from "./sync-requests.ts";

export const CommitFactsItem = z.object({ sha: z.string(), author: z.string(), message: z.string(), committedAt: z.string() });

const SyncStatus = z.enum(["Synced", "OutOfSync", "Unknown"]);
const HealthStatus = z.enum(["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"]);
const Trigger = z.enum(["push", "schedule", "manual", "self-heal", "registry"]);

/**
 * The small, lively item of an Application (≤ 4 KB). Every wish (a new input, a changed declaration, a person's sync, drift) raises
 * `desiredGeneration`; a sync reads it at its start and writes it to `observedGeneration` at its end, so a wish that arrives meanwhile is
 * still open afterwards, and a burst of wishes costs one more sync.
 */
export const StateItem = z.object({
  v: z.literal(1),
  project: z._default(z.string(), "default"),
  cluster: z._default(z.string(), ""),
  /** Lease: see leases.ts. */
  owner: z.optional(z.string()),
  fence: z._default(z.number(), 0),
  beat: z._default(z.number(), 0),
  /** Fence of the last step that came to its end: what has a higher one was left behind by a worker that died. */
  released: z.optional(z.number()),
  desiredGeneration: z._default(z.number(), 0),
  observedGeneration: z._default(z.number(), 0),
  /** Input digest that Git asks for, and where it came from. Absent until fetch has evaluated the sources. */
  input: z.optional(z.string()),
  revisions: z._default(z.array(z.object({ repoURL: z.string(), sha: z.string() })), []),
  commit: z.optional(CommitFactsItem),
  pusher: z.optional(z.string()),
  /** When the wish was born (the push's arrival), ms since 1970. */
  desiredAt: z.optional(z.number()),
  /** Why the sources could not be evaluated; cleared by the next evaluation that works. */
  sourceError: z.optional(z.string()),
  trigger: z._default(Trigger, "registry"),
  /** A person asked for a sync. */
  requested: z.optional(SyncRequestItem),
  /** A person wants the operation under way, or its retries, to end: who. */
  terminate: z.optional(z.string()),
  /** What fetch made of the other revision that a sync was asked for: its input, or why there is none. */
  asked: z.optional(
    z.object({
      revision: z.string(),
      input: z.exactOptional(z.string()),
      sha: z.exactOptional(z.string()),
      problem: z.exactOptional(z.string()),
    }),
  ),
  /** An entry of history, or another revision, applied instead of what Git wants, until Git wants something else than `insteadOf`. */
  rollback: z.optional(
    z.object({
      to: z.string(),
      output: z.string(),
      insteadOf: z.string(),
      by: z.string(),
      revision: z.exactOptional(z.string()),
      toRevision: z.exactOptional(z.literal(true)),
    }),
  ),
  /** A scan saw live objects away from the desired state. */
  drifted: z.optional(z.boolean()),
  /** When it was told to have drifted, ms since 1970. */
  driftedAt: z.optional(z.number()),
  /** How it stood before it drifted: what is left over on purpose is no less out of sync when the drift is gone. */
  undrifted: z.optional(SyncStatus),
  /** Digest of what was told then. Means nothing unless it is drifted. */
  toldDrift: z.optional(z.string()),
  /** How many times in a row this input was healed: each time waits longer than the one before. */
  selfHealAttempts: z._default(z.number(), 0),
  /** What was healed last, and how often people have heard of it. */
  heals: z.optional(HealsItem),
  /** A person's yes to a mass removal, bound to the digest it was asked for. */
  approval: z.optional(z.string()),
  /** What waits for a yes, and the digest of the manifests that it is about. */
  awaiting: z.optional(z.string()),
  awaitingDigest: z.optional(z.string()),
  /** When it was first asked, ms since 1970. */
  askedAt: z.optional(z.number()),
  /** Digest of the declaration, written when all of it stands: the registry compares it and leaves what is the same alone. */
  declared: z.optional(z.string()),
  /** How often a change of it was begun or done; where it may stand meanwhile, be it done or not. */
  changes: z._default(z.number(), 0),
  leaving: z.optional(z.array(PlaceItem)),
  /** Digest of the declaration's operation block: its sync was asked for, and is not asked for again. */
  operated: z.optional(z.string()),
  /** The declaration was withdrawn: what is left to do before the Application is forgotten. */
  removal: z.optional(z.enum(["cascade", "forget"])),
  /** What stands under its name is being deleted: see forgetting.ts. How often and by whom it was declared again meanwhile. */
  forgetting: z.optional(z.boolean()),
  awaited: z._default(z.number(), 0),
  awaitedBy: z.optional(z.string()),
  /** Outcome of the last operation. */
  phase: z.optional(z.enum(["Running", "Terminating", "Succeeded", "Failed", "Error"])),
  /** When the next step of a running operation begins, for which generation (ms since 1970). */
  step: z.optional(z.object({ at: z.number(), generation: z.number() })),
  /** When a sync that a window holds up may begin, or what another Application has is looked at again (ms since 1970). */
  againAt: z.optional(z.number()),
  /** Who has what Git wants for it: see contests.ts. */
  contested: z.optional(z.record(z.string(), z.string())),
  /** How often the same wish failed, and when it is tried again (ms since 1970); neither after a success. */
  attempt: z._default(z.number(), 0),
  retryAt: z.optional(z.number()),
  /** How many of these failures were outages. */
  outages: z._default(z.number(), 0),
  /** The input at which it failed last: the same failure at another commit is news. */
  failedInput: z.optional(z.string()),
  /** The last operation failed because the other side was away: it is tried until it is back. */
  outage: z.optional(z.boolean()),
  syncedInput: z.optional(z.string()),
  syncedOutput: z.optional(z.string()),
  syncStatus: z._default(SyncStatus, "Unknown"),
  health: z._default(HealthStatus, "Unknown"),
  reason: z.optional(z.string()),
  /** What people should know although nothing failed, such as hooks that are not run yet. */
  warnings: z._default(z.array(z.string()), []),
  syncedAt: z.optional(z.number()),
  healthChecks: z._default(z.number(), 0),
  /** How many times fetch has changed what Git asks for: one that read an older number has been overtaken. */
  evaluations: z._default(z.number(), 0),
  /** The epoch it was renewed in (see renewal.ts), and whether its cluster was not searched yet since then. */
  epoch: z.optional(z.number()),
  unproven: z.optional(z.boolean()),
  /** It was searched since: what Git dropped meanwhile was left until now, and goes with the next sync, healed or not. */
  searched: z.optional(z.boolean()),
  /** Running number of events, so that their ids are ordered and a repeated step writes the same one. */
  events: z._default(z.number(), 0),
  dueShard: z.optional(z.number()),
  dueAt: z.optional(z.number()),
});
export type ApplicationState = z.infer<typeof StateItem>;

export const isDirty = (state: ApplicationState): boolean => state.desiredGeneration > state.observedGeneration;

/** Why the last operation failed stands as the Application's reason until the next one: what a scan sees meanwhile does not take its place. */
export const tellsFailure = ({ phase }: ApplicationState): boolean => phase === "Failed";

export const readState = async (table: Table, application: string): Promise<ApplicationState | undefined> => {
  const item = await table.get(keys.state(application));
  return item ? readItem(StateItem, item) : undefined;
};

/** What cannot be read is told to `unreadable` and left out, so that it harms its own Application only; without it, the first one is thrown. */
export const readStates = async (
  table: Table,
  applications: readonly string[],
  unreadable: Unreadable = throwIt,
): Promise<ReadonlyMap<string, ApplicationState>> => {
  const items = await table.getMany(applications.map(keys.state));
  const told = ({ pk }: Item, failure: Failure) => unreadable(pk.slice("app#".length), failure);
  return new Map(readItems(StateItem, items, told).map(([{ pk }, state]) => [pk.slice("app#".length), state]));
};
