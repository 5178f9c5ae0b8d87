import { Failure } from "../../model/failure.ts";
import { statusOf } from "../aws/trouble.ts";

/** What went wrong between us and AWS on the way to a cluster, in people's words. */
export const failureOfAws = (cluster: string, what: string, error: unknown): Failure => {
  if (error instanceof Failure) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const failed = `Cluster ${cluster}: ${what} failed: ${cause.name}, ${cause.message}`;
  const status = statusOf(cause);
  if (cause.name === "ResourceNotFoundException") return new Failure("DestinationUnknown", cluster, failed, { cause });
  if (/Throttl|TooManyRequests/.test(cause.name) || status === 429) return new Failure("ClusterBusy", cluster, failed, { cause });
  if (cause.name === "CredentialsProviderError" || status === 401 || status === 403)
    return new Failure("ClusterForbidden", cluster, failed, { cause });
  return new Failure("ClusterUnreachable", cluster, failed, { cause });
};
