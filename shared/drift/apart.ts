import { Failure, type FailureCode } from "../model/failure.ts";
import type { Cluster } from "../ports/cluster.ts";
import { isUnreadable } from "../state/items.ts";
import type { DriftWorld } from "./ports.ts";

/** As many Applications as this may be let down by a cluster that answers all others, as by a slow admission webhook; each may take half a minute. */
const mostLetDown = 3;

const ofTheCluster: ReadonlySet<FailureCode> = new Set(["KindUnavailable", "ClusterBusy", "ClusterUnreachable"]);

/** Does the work of one Application after the other. What only one of them suffers from is told, and keeps no other from being looked at. */
export const keepingApart = (cluster: Cluster, { journal }: Pick<DriftWorld, "journal">) => {
  let letDown = 0;

  const isItsOwn = async (error: Failure): Promise<boolean> => {
    const isOfCluster = ofTheCluster.has(error.code);
    if (!isOfCluster) return !error.retry || isUnreadable(error);
    if (++letDown > mostLetDown) return false;
    // Throws where it is away for everybody.
    await cluster.discover({ fresh: true });
    return true;
  };

  return async (application: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure) || !(await isItsOwn(error))) throw error;
      journal.tell("scan-failed", { application, code: error.code, reason: error.message });
    }
  };
};
