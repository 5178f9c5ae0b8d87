import type { ApplicationState } from "../state/application-state.ts";
import type { Finished } from "./tell-outcome.ts";

const drift = ["drifted", "driftedAt", "undrifted"] as const;

/** Fields of the state that an outcome takes away. `later`: ms until the next look, if there is one. */
export const clearedBy = ({ read, outcome }: Finished, later: number | undefined): readonly string[] => {
  if (outcome.kind === "applied")
    return [
      "requested",
      "asked",
      "terminate",
      "searched",
      ...drift,
      "approval",
      "retryAt",
      ...(outcome.again === undefined ? ["againAt"] : []),
      ...(outcome.awaiting === undefined ? ["awaiting", "awaitingDigest", "askedAt"] : []),
    ];
  if (outcome.kind === "compared")
    return ["requested", "asked", "terminate", "retryAt", ...(standsAsTold(read, outcome.syncStatus) ? [] : drift)];
  // What a person asked for stays asked for while it is tried again.
  if (outcome.kind !== "failed") return [];
  return later === undefined ? ["retryAt", "againAt", "requested", "asked", "terminate"] : ["againAt"];
};

/** Drift that people were told of, and that nobody took back: a scan sees whether it is gone, and tells the same no second time. */
const standsAsTold = ({ drifted, toldDrift }: ApplicationState, syncStatus: string): boolean =>
  drifted === true && toldDrift !== undefined && syncStatus === "OutOfSync";
