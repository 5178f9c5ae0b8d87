import { predictApply } from "../diff/prediction.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { ApplyContext } from "./apply.ts";
import type { Plan, PlannedChange } from "./plan.ts";

const width = 16;

/** Why nothing is pruned yet. */
export const notYetProven = "nothing is pruned until its cluster was searched, since the table was restored from a backup";

/**
 * A plan after the table was restored or lost: what we knew of live objects may be old, or gone. So the server is asked, by a dry run each, whether
 * they are what Git wants already. Those are left alone, and no hook runs because of them.
 */
export const withoutWhatMatches = async (plan: Plan, context: ApplyContext): Promise<Plan> => ({
  ...plan,
  waves: await sideBySide(plan.waves, 1, async ({ wave, changes }) => ({
    wave,
    changes: await sideBySide(changes, width, (change) => asItMatches(change, context)),
  })),
});

const asItMatches = async (change: PlannedChange, context: ApplyContext): Promise<PlannedChange> => {
  if (change.kind !== "configure") return change;
  const { object } = change;
  const prediction = await predictApply(context.cluster, context.sentOver(object.manifest, change.live), change.live);
  if (prediction.state !== "predicted" || context.differences(prediction.predicted, prediction.live).length > 0) return change;
  return { kind: "unchanged", object, live: prediction.live };
};
