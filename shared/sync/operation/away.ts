import type { Application } from "../../model/application.ts";
import { Failure } from "../../model/failure.ts";
import type { Clusters } from "../../ports/cluster.ts";
import type { ApplicationState } from "../../state/application-state.ts";
import { readOperation } from "../../state/operations.ts";
import type { SyncWorld } from "../ports.ts";
import { overdue } from "./deadline.ts";

/** Whether the operation under way may not wait any more for a cluster that nobody goes to. */
export const waitsTooLong = async (
  application: Application | undefined,
  { phase }: ApplicationState,
  { table, clock }: SyncWorld,
): Promise<boolean> => {
  if (!application || phase !== "Running") return false;
  const operation = await readOperation(table, application.name);
  return operation !== undefined && overdue(application, operation, "its cluster", clock.now()) !== undefined;
};

/** The same clusters but for one, which is known to be away for this reason: a step that needs it ends without going there. */
export const withoutCluster =
  (away: string, reason: string) =>
  (clusters: Clusters): Clusters => ({
    ...clusters,
    connect: async (name) => {
      if (name === away) throw new Failure("ClusterUnreachable", name, reason);
      return clusters.connect(name);
    },
  });
