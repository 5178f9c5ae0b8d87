import type { RetryPolicy } from "../model/application.ts";
import type { Inventory } from "../model/inventory.ts";
import type { HealthStatus, ObjectResult, SyncStatus } from "../model/operation.ts";
import { retryDelayOf } from "../policy/retry.ts";
import { type ApplicationState, isDirty } from "../state/application-state.ts";
import type { Contested } from "../state/contests.ts";
import type { SyncMessage } from "../state/messages.ts";
import type { Operation } from "../state/operations.ts";

/** How one look at an Application ended. Made by `attemptSync`, told to table, history and people by `recordOutcome`. */
export type Outcome =
  | {
      readonly kind: "applied";
      readonly results: readonly ObjectResult[];
      /** What its earlier steps did, where there were any. */
      readonly operation?: Operation;
      readonly inventory: Inventory;
      readonly syncStatus: SyncStatus;
      readonly health: HealthStatus;
      readonly healthReason?: string;
      readonly warnings: readonly string[];
      /** Digest of the manifests that were applied. */
      readonly output: string;
      readonly awaiting?: string;
      /** Only some objects were asked for, and others differ: Git's revision is not reached. */
      readonly partial?: boolean;
      /** When objects that another Application has are looked at again, ms since 1970. */
      readonly again?: number;
      /** By whom what Git wants for this one is held. */
      readonly contested?: Contested | undefined;
    }
  /** Looked, and was not to act: manual sync, or drift without self-heal. */
  | {
      readonly kind: "compared";
      readonly syncStatus: SyncStatus;
      readonly health: HealthStatus;
      readonly reason: string;
      /** When looking again may come to something else, ms since 1970. */
      readonly again?: number | undefined;
      readonly contested?: Contested | undefined;
    }
  /** `retry`: "limited" to five times, "unlimited" while the other side is unreachable, "never" when only a new commit helps. */
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly retry: "never" | "limited" | "unlimited";
      /** Seconds that the other side asked us to wait at least. */
      readonly notWithin?: number;
      readonly results: readonly ObjectResult[];
      readonly operation?: Operation;
      readonly inventory?: Inventory;
      readonly output?: string;
      readonly awaiting?: string;
      /** Wishes that it answers, whatever came after them. */
      readonly served?: readonly ("terminate" | "requested")[];
    }
  /** Nothing to apply yet: fetch or render is at it, and sends the next message. `input` is one that nobody has rendered. */
  | { readonly kind: "waiting"; readonly input?: string }
  /** One step of several is done; the next one begins after so many seconds. `reason`: what it waits for. */
  | {
      readonly kind: "running";
      readonly operation: Operation;
      readonly inventory?: Inventory;
      readonly seconds: number;
      readonly reason?: string;
    }
  /** The declaration was withdrawn and nothing is left to do. */
  | { readonly kind: "removed" }
  /** Objects are being deleted; look again. `detail`: what holds them. */
  | { readonly kind: "removing"; readonly left: number; readonly detail?: string; readonly awaiting?: string };

/** `again`: send this message after so many seconds, in the group of its project. Everything else that must happen later stands in the table. */
export type NextStep =
  | { readonly done: true }
  | { readonly done: false; readonly again: SyncMessage; readonly seconds: number; readonly group: string };

/** Milliseconds until a failed operation is tried again; undefined when it is not. As its Application's policy says; every minute at most while unreachable. */
export const retryDelay = (
  retry: "never" | "limited" | "unlimited",
  { attempt, outages }: Tries,
  policy: RetryPolicy,
): number | undefined => {
  if (retry === "unlimited") return Math.min(5_000 * 2 ** (attempt - 1), 60_000);
  return retry === "limited" ? retryDelayOf(policy, attempt - 1 - outages) : undefined;
};

/** Seconds between two looks at a cluster that is away in the middle of an operation. */
export const outagePause = 15;

/** The number of an attempt, and how many before it found the other side away: those are no retries of what fails when it is back. */
export interface Tries {
  readonly attempt: number;
  readonly outages: number;
}

/** A new wish starts counting anew. */
export const triesOf = (read: ApplicationState): Tries =>
  isDirty(read) ? { attempt: 1, outages: 0 } : { attempt: read.attempt + 1, outages: read.outages };

/** Seconds until the next look at an Application that is progressing. */
export const healthDelay = (checks: number): number => [1, 1, 2, 2, 3, 5, 8, 13, 20, 30][checks] ?? 60;

/** An object that another Application owns is left alone and named, and fails nothing (Argo CD's FailOnSharedResource is off by default). */
export const isFailure = ({ code, action }: ObjectResult): boolean => code === "SyncFailed" && action !== "skipped";
