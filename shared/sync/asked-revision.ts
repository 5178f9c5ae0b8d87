import { sameRequest } from "../model/sync-request.ts";
import type { ApplicationState } from "../state/application-state.ts";
import type { Operation } from "../state/operations.ts";
import { readRender } from "../state/renders.ts";
import { type Desired, desiredManifests, renderedManifests } from "./desired-manifests.ts";
import type { SyncSubject } from "./look.ts";
import type { Outcome } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";

export type Wanted = Desired | Extract<Outcome, { kind: "compared" }>;

/**
 * What is to be applied now: what Git wants, or the other revision that a person asked for. An operation that goes to such a revision already goes on
 * with what it began with.
 */
export const wantedManifests = async (
  { application, state }: Pick<SyncSubject, "application" | "state">,
  operation: Operation | undefined,
  world: SyncWorld,
): Promise<Wanted> => {
  const revision = state.requested?.revision;
  if (revision === undefined || state.input === undefined) return desiredManifests(state, world);
  if (operation && sameRequest(operation.request, state.requested)) return renderedManifests(operation.output, world);
  if (state.asked?.revision === revision) return manifestsOf(state.asked, state, world);
  // What is asked for stands in the table: this only makes fetch look at once.
  await world.pushes.send([{ body: { v: 1, kind: "application", application: application.name }, group: application.project }]);
  return { kind: "waiting" };
};

const manifestsOf = async ({ input, problem }: Asked, state: ApplicationState, world: SyncWorld): Promise<Wanted> => {
  if (input === undefined) return unusable(problem ?? "it has no manifests", state);
  const render = await readRender(world.table, input, world.renderLimits);
  if (render === undefined) return { kind: "waiting", input };
  return render.kind === "failed" ? unusable(render.message, state) : renderedManifests(render.output, world);
};

type Asked = NonNullable<ApplicationState["asked"]>;

/** Nothing has failed that Git wants: the Application stays as it is, and whoever asked gets an answer. */
const unusable = (problem: string, { requested, syncStatus, health, againAt, contested }: ApplicationState): Wanted => ({
  kind: "compared",
  syncStatus,
  health,
  again: againAt,
  contested,
  reason: `${requested?.by} asked for a sync to revision ${requested?.revision}, which cannot be had: ${problem}`,
});
