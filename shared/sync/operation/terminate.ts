import type { Application } from "../../model/application.ts";
import { sameRequest } from "../../model/sync-request.ts";
import { connectActing } from "../../policy/acting-cluster.ts";
import type { ApplicationState } from "../../state/application-state.ts";
import type { Lease } from "../../state/leases.ts";
import type { Operation } from "../../state/operations.ts";
import type { Outcome } from "../outcome.ts";
import type { SyncWorld } from "../ports.ts";
import { settleHooks } from "./hook-objects.ts";

export interface Termination {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly lease: Lease;
  readonly operation: Operation | undefined;
  /** Who asked for it. */
  readonly by: string;
}

/** Ends an operation between two of its steps, or the retries of a failed one: its hooks go, what it applied stays, and nothing is tried again. */
export const terminate = async ({ application, state, lease, operation, by }: Termination, world: SyncWorld): Promise<Outcome> => {
  if (operation) {
    const cluster = await connectActing(application, clusterOf(operation, state), world);
    await settleHooks(operation.hooks, "failed", { cluster, lease });
  }
  const isAsked = sameRequest(state.requested, operation?.request);
  // Another revision or request came meanwhile: that one was not terminated, and is next.
  const isNewer = operation !== undefined && (state.input !== operation.input || !isAsked);
  const what = operation?.at ? ` in ${operation.at.phase}, wave ${operation.at.wave}` : "";
  return {
    kind: "failed",
    reason: `${by} terminated the operation${what}; ${application.name} is as it was then`,
    retry: "never",
    results: [],
    ...(operation && { operation: isNewer ? operation : { ...operation, generation: state.desiredGeneration } }),
    served: isAsked ? ["terminate", "requested"] : ["terminate"],
  };
};

/** Its destination may have changed since. */
export const clusterOf = ({ place }: Operation, { cluster }: ApplicationState): string => place?.cluster ?? cluster;

/** Of an Application that is forgotten and leaves its objects: its hooks may run on, but nothing of ours holds them any more. */
export const letGo = async ({ application, state, lease, operation }: Omit<Termination, "by">, world: SyncWorld): Promise<void> => {
  if (!operation || operation.hooks.length === 0) return;
  const cluster = await connectActing(application, clusterOf(operation, state), world);
  const left = operation.hooks.map((hook) => ({ ...hook, state: "succeeded" as const, policies: [] }));
  await settleHooks(left, "succeeded", { cluster, lease });
};
