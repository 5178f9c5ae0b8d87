import { controlApplication } from "../config/control-application.ts";
import { clusterOf, knownClusters } from "../config/destinations.ts";
import { readState } from "../state/application-state.ts";
import { declarationDigest, declareApplication } from "../state/applications.ts";
import type { RegistryWorld } from "./register-objects.ts";

/**
 * Makes the control repository's Application what the installation file says. Cheap when it already is, so every start and every sweep may
 * call it. Throws DestinationUnknown when no default cluster is known.
 */
export const declareControl = async ({
  table,
  clock,
  pushes,
  installation,
}: Omit<RegistryWorld, "syncs">): Promise<"declared" | "unchanged"> => {
  const application = controlApplication(installation);
  const cluster = clusterOf(application.destination, knownClusters(installation));
  const state = await readState(table, application.name);
  if (state?.declared === declarationDigest(application) && state.cluster === cluster) return "unchanged";
  await declareApplication(table, { application, cluster, at: clock.now() });
  await pushes.send([{ body: { v: 1, kind: "application", application: application.name }, group: application.project }]);
  return "declared";
};
