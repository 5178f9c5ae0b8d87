import type { Application } from "../../model/application.ts";
import { Failure } from "../../model/failure.ts";
import { connectActing } from "../../policy/acting-cluster.ts";
import type { ApplicationState } from "../../state/application-state.ts";
import type { Operation } from "../../state/operations.ts";
import type { Outcome } from "../outcome.ts";
import type { SyncWorld } from "../ports.ts";
import { settleHooks } from "./hook-objects.ts";
import type { Termination } from "./terminate.ts";

/** Where an operation acts: what it began elsewhere is no part of one that begins here. */
export const placeOf = (
  { cluster }: Pick<ApplicationState, "cluster">,
  { destination }: Pick<Application, "destination">,
): NonNullable<Operation["place"]> => ({ cluster, namespace: destination.namespace });

/**
 * An operation whose destination changed under its feet has ended: its waves and hooks would begin anew in the new place, as if that were the same
 * run. What is at work is let go, for it may be a migration; what it applied stays. Undefined where it stands.
 */
export const endMoved = async (
  { application, state, lease, operation }: Omit<Termination, "by">,
  world: SyncWorld,
): Promise<Outcome | undefined> => {
  const here = placeOf(state, application);
  const { place } = operation ?? {};
  if (!operation || !place || (place.cluster === here.cluster && place.namespace === here.namespace)) return undefined;
  const left = operation.hooks.map((hook) => (hook.state === "running" ? { ...hook, state: "succeeded" as const, policies: [] } : hook));
  const unsettled = await settled(left, place.cluster, { application: actedFor(application, place), lease }, world);
  const where = operation.at ? `in ${operation.at.phase}, wave ${operation.at.wave}` : "beginning";
  return {
    kind: "failed",
    reason: `its destination changed from ${textOf(place)} to ${textOf(here)} while the operation was ${where}; it ended there, and what it applied stays${unsettled}; a new one begins at the new destination`,
    retry: "never",
    results: [],
    operation,
  };
};

/** As it was declared then, as far as that decides who acts. */
const actedFor = (application: Application, { namespace }: NonNullable<Operation["place"]>): Application => ({
  ...application,
  destination: { ...application.destination, namespace },
});

const textOf = ({ cluster, namespace }: NonNullable<Operation["place"]>): string =>
  `${cluster}${namespace === "" ? "" : `, namespace ${namespace}`}`;

/** The place it left may be gone for good, which may be why it left: nobody waits for it. */
const settled = async (
  hooks: Operation["hooks"],
  cluster: string,
  { application, lease }: Pick<Termination, "application" | "lease">,
  world: SyncWorld,
): Promise<string> => {
  if (hooks.length === 0) return "";
  try {
    await settleHooks(hooks, "failed", { cluster: await connectActing(application, cluster, world), lease });
    return "";
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "LeaseLost") throw error;
    world.journal.tell("hooks-left", { application: application.name, reason: error.message });
    return `, its hooks with our finalizer among it (${error.message})`;
  }
};
