import type { Application, RetryPolicy } from "../model/application.ts";
import type { SyncRequest } from "../model/sync-request.ts";

/** Argo CD's, for an automated sync whose Application does not say: 5, 10, 20, 40 and 80 s after each failure. */
const automated: RetryPolicy = { limit: 5, duration: 5_000, factor: 2, maxDuration: 180_000, refresh: false };

/** How a failed sync of this Application is retried: as it was asked for, else as the Application says; a person's sync as an automated one. */
export const retryPolicyOf = ({ syncPolicy }: Pick<Application, "syncPolicy">, request?: Pick<SyncRequest, "retry">): RetryPolicy =>
  request?.retry ?? syncPolicy.retry ?? automated;

/**
 * Milliseconds from a failure until it is tried again; undefined when it is not.
 * These are the waits that Argo CD announces. (It counts the retry before it waits for it, and takes `factor` times as long.)
 * @param retries how many retries there have been: 0 after the first attempt
 */
export const retryDelayOf = ({ limit, duration, factor, maxDuration }: RetryPolicy, retries: number): number | undefined => {
  if (limit >= 0 && retries >= limit) return undefined;
  const wait = duration * factor ** retries;
  const bounded = maxDuration > 0 ? Math.min(maxDuration, wait) : wait;
  // Without end, and doubling without a bound: longer than a year is never.
  return Math.min(bounded, 365 * 86_400_000);
};
