import { driftWishes } from "../argocd/drift-annotations.ts";
import type { Ignoring } from "../diff/ignored.ts";
import { steeredOf } from "../diff/steerers.ts";
import type { Application } from "../model/application.ts";
import { assertNever } from "../model/failure.ts";
import type { Tracking } from "../model/tracking.ts";
import { countedHeals, mayHealAt } from "../policy/self-heal.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { wish } from "../state/wishes.ts";
import { isAsTold } from "./as-told.ts";
import type { Judgement } from "./judge.ts";
import { judgeAnew } from "./judge-anew.ts";
import { type NamingContext, nameDrift } from "./name-drift.ts";
import { noteHealth } from "./note-health.ts";
import type { DriftWorld } from "./ports.ts";
import { reportDrift, reportRestored, settle } from "./report.ts";

/** `later`: there is drift, and its time to be healed has not come. */
export type Acted = "done" | "later";

export interface Judged {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly judgement: Judgement;
  /** What is left to others in each object. */
  readonly ignored: Ignoring;
  readonly tracking: Tracking;
}

/** What a judgement leads to: nothing, a report, a wish for a sync. */
export const actOn = async (
  { application, state, judgement: seen, ignored, tracking }: Judged,
  cluster: Cluster,
  world: DriftWorld,
): Promise<Acted> => {
  const steered = await steeredOf(
    cluster,
    [...seen.moved, ...seen.unruled].map(({ live }) => live),
  );
  const context: NamingContext = { application, state, cluster, steered, ignored, tracking };
  const judgement = await judgeAnew(seen, context, world);
  const { mode, grace = world.drift(state.cluster).grace } = driftWishes(application);
  const healInTime = (found: Judgement): Acted | Promise<Acted> =>
    state.drifted && world.clock.now() >= (state.driftedAt ?? 0) + grace ? heal(found, context, world) : "later";
  if (mode !== "heal" && isAsTold(judgement, context, world)) return mode === "report" ? "done" : healInTime(judgement);
  const left = await withoutOthers(judgement, context, world);
  if (left.missing.length === 0 && left.moved.length === 0) {
    if (left.whole)
      await (state.drifted ? reportRestored(application.name, state, world) : noteHealth(application.name, state, left.health, world));
    return "done";
  }
  switch (mode) {
    case "report":
      await reportDrift(left, context, world);
      return "done";
    case "report-then-heal":
      return (await reportDrift(left, context, world)) ? healInTime(left) : "done";
    case "heal":
      return heal(left, context, world);
    default:
      return assertNever(mode);
  }
};

/**
 * Objects of which only the replicas moved that an autoscaler steers, or what a manager of ignoreDifferences took over, have not drifted: no sync
 * is wished for that would set them back.
 */
const withoutOthers = async (judgement: Judgement, context: NamingContext, world: DriftWorld): Promise<Judgement> => {
  const shared = judgement.moved.filter(({ live }) => context.steered(live) || context.ignored(live).managers.length > 0);
  if (shared.length === 0) return judgement;
  const named = await nameDrift(shared, context, world);
  await settle(context.application.name, named, world);
  const stands = new Set(shared.filter((_, at) => named[at]?.state === "stands"));
  return { ...judgement, moved: judgement.moved.filter((each) => !stands.has(each)) };
};

const heal = async ({ missing, moved }: Judgement, { application, state }: NamingContext, world: DriftWorld): Promise<Acted> => {
  const { name, project } = application;
  const now = world.clock.now();
  const record = { attempts: state.selfHealAttempts, finishedAt: state.syncedAt, succeeded: state.phase === "Succeeded" };
  if (mayHealAt(record, now) > now) return "later";
  world.journal.tell("drift", { application: name, cluster: state.cluster, missing: missing.length, moved: moved.length });
  const selfHealAttempts = countedHeals(record, now) + 1;
  await wish(world.table, name, { drifted: true, trigger: "self-heal", selfHealAttempts }, now);
  await world.syncs.send([{ body: { v: 1, application: name }, group: project }]);
  return "done";
};
