import type { CommitFacts, ObjectResult, Trigger } from "./operation.ts";

/**
 * What happened to an Application, as history shows it and people are told. Written once by the stage that caused it, under an id derived
 * from the transition, so that writing it again changes nothing.
 *
 * `running` and the kind that ends it carry the same `operation`, so that a bot updates one message; likewise `drift-found` and the
 * `drift-healed` that follows it. `out-of-sync`: Git moved, and nothing is applied until a person, or a sync window, lets it.
 */
export const eventKinds = [
  "running",
  "synced",
  "failed",
  "healthy",
  "degraded",
  "drift-found",
  "drift-healed",
  "waiting-for-approval",
  "out-of-sync",
] as const;
export type EventKind = (typeof eventKinds)[number];

export interface ApplicationEvent {
  /** Unique within its Application, and in the order of time. */
  readonly id: string;
  readonly application: string;
  readonly project: string;
  readonly kind: EventKind;
  /** ISO 8601. */
  readonly at: string;
  /** Which operation it belongs to; events of one operation share it. */
  readonly operation?: string;
  readonly cluster: string;
  readonly namespace: string;
  /** The first source's `repoURL` as declared, without credentials. */
  readonly repository: string;
  /** Commit sha, or a chart's version; "" before the sources could be resolved. */
  readonly revision: string;
  readonly commit?: CommitFacts;
  readonly trigger: Trigger;
  /** Who pushed, as the Git host names them; or who asked, where the trigger is manual. */
  readonly pusher?: string;
  readonly counts: EventCounts;
  /** At most `maxEventObjects`: failed ones first, then changed ones, in the order of the operation. `counts` has them all. */
  readonly objects: readonly ObjectResult[];
  /** Digests of the artifacts that hold the result of every object, in the order of the operation; absent where `objects` says all. */
  readonly results?: readonly string[];
  /** One sentence for people: the first real reason of a failure, of a degraded health, or what waits for a yes. */
  readonly reason?: string;
  /** It failed because the other side, such as its cluster, could not be reached. */
  readonly outage?: boolean;
  readonly durationMs?: number;
  readonly secondsSincePush?: number;
  /** Digest of the applied manifests, which stay readable in the artifact store. */
  readonly manifests?: string;
}

export interface EventCounts {
  readonly created: number;
  readonly configured: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly failed: number;
}

/** Keeps an event far below the 400 KB of a table's item. */
export const maxEventObjects = 50;

export const noCounts: EventCounts = { created: 0, configured: 0, deleted: 0, unchanged: 0, failed: 0 };

/** Counts of an operation's results. A refused object counts as failed, whatever was tried; skipped ones count nowhere. */
export const countResults = (results: readonly ObjectResult[]): EventCounts => {
  const counts = { ...noCounts };
  for (const { action, code } of results) {
    if (code === "SyncFailed") counts.failed++;
    else if (action === "created" || action === "configured" || action === "deleted" || action === "unchanged") counts[action]++;
  }
  return counts;
};

export const addCounts = (a: EventCounts, b: EventCounts): EventCounts => ({
  created: a.created + b.created,
  configured: a.configured + b.configured,
  deleted: a.deleted + b.deleted,
  unchanged: a.unchanged + b.unchanged,
  failed: a.failed + b.failed,
});

/** What one object may say in an event: servers' words and lists of fields have no end of their own. */
const mostSaid = { characters: 500, fields: 10, fieldsOfAll: 100 } as const;

/** Results that are kept one by one. What was unchanged is only counted: the applied manifests name it. */
export const toldResults = (results: readonly ObjectResult[]): readonly ObjectResult[] =>
  results.filter(({ action, code }) => code === "SyncFailed" || action !== "unchanged");

/** Failed ones before all others, each in their order. */
export const failedFirst = (results: readonly ObjectResult[]): readonly ObjectResult[] => {
  const failed = ({ code }: ObjectResult) => code === "SyncFailed";
  return [...results.filter(failed), ...results.filter((result) => !failed(result))];
};

/** Whether an event has room for all that these results say. */
export const fitsEvent = (results: readonly ObjectResult[]): boolean => {
  const told = toldResults(results);
  const fields = told.map((result) => result.fields?.length ?? 0);
  return (
    told.length <= maxEventObjects &&
    told.every(({ message = "" }) => message.length <= mostSaid.characters) &&
    fields.every((count) => count <= mostSaid.fields) &&
    fields.reduce((sum, count) => sum + count, 0) <= mostSaid.fieldsOfAll
  );
};

/** The results that an event has room for: failed ones first, then changed ones. */
export const eventObjects = (results: readonly ObjectResult[]): readonly ObjectResult[] => {
  let left: number = mostSaid.fieldsOfAll;
  return failedFirst(toldResults(results))
    .slice(0, maxEventObjects)
    .map((result) => {
      const fields = result.fields?.slice(0, Math.min(mostSaid.fields, left));
      left -= fields?.length ?? 0;
      return shortened(result, fields);
    });
};

const shortened = ({ key, action, code, message, fields: all = [] }: ObjectResult, fields: ObjectResult["fields"] = []): ObjectResult => {
  const unsaid = all.length - fields.length;
  const more = unsaid === 0 ? [] : [`and ${unsaid} fields more`];
  const words = [...(message === undefined ? [] : [message.slice(0, mostSaid.characters)]), ...more].join("; ");
  return { key, action, code, ...(words !== "" && { message: words }), ...(fields.length > 0 && { fields }) };
};
