import { type SyncRequest, sameRequest } from "../model/sync-request.ts";

/**
 * `retrying`: it failed and waits for its next attempt. `waiting`: what it applied is not healthy yet, or a person's yes or a window is waited for.
 * `hook`: a hook is at work, which may be a migration in the middle of its tables. `applying`: between two waves, with nothing in its way.
 */
export type OperationWait = "retrying" | "waiting" | "hook" | "applying";

export interface RunningOperation {
  /** Names the revisions and sources that it goes to. */
  readonly attempted: string;
  readonly wait: OperationWait;
  /** A person's sync, as it was asked for. */
  readonly request?: SyncRequest | undefined;
}

export interface DesiredNow {
  /** Names the revisions and sources that Git has now. */
  readonly wanted: string;
  readonly request?: SyncRequest | undefined;
}

export type Superseding =
  | { readonly supersedes: true; readonly sentence: string }
  | { readonly supersedes: false; readonly because: "same" | "asked-for" | "hook" | "not-in-the-way" };

/**
 * Asked between two steps of an operation: does what is wanted now take its place? A newer revision need not wait for one that hangs or keeps
 * failing, for it may be what mends it. What a person asked for (another revision, an entry of history, a selection, a dry run) only a person's
 * next wish replaces. A hook at work is left alone; one that failed is not at work any more.
 */
export const supersedes = (running: RunningOperation, desired: DesiredNow): Superseding => {
  const { request, wait } = running;
  const newRequest = desired.request !== undefined && !sameRequest(desired.request, request);
  if (desired.wanted === running.attempted && !newRequest) return { supersedes: false, because: "same" };
  if (request && isBound(request) && !newRequest) return { supersedes: false, because: "asked-for" };
  switch (wait) {
    case "hook":
      return { supersedes: false, because: "hook" };
    case "applying":
      return { supersedes: false, because: "not-in-the-way" };
    default: {
      const before = wait === "retrying" ? "an operation that kept failing" : "an operation that was waiting";
      const what = newRequest ? `a sync that ${desired.request?.by} asked for` : "a newer revision";
      return { supersedes: true, sentence: `${what} takes the place of ${before}` };
    }
  }
};

const isBound = ({ revision, rollbackTo, resources, dryRun }: SyncRequest): boolean =>
  dryRun || revision !== undefined || rollbackTo !== undefined || resources !== undefined;
