import { settleEntries } from "../state/inventories.ts";
import type { Judgement, Moved } from "./judge.ts";
import { type NamingContext, nameDrift, ruled } from "./name-drift.ts";
import type { DriftWorld } from "./ports.ts";

/** Of one Application and look. Each costs a dry run, and a rule of argocd-cm may be about every object there is: the others wait for the next look. */
const mostAtOnce = 20;

/**
 * Objects of which other rules say by now what is ignored: an edit that a rule hid is drift when the rule goes. Each is looked at once by the new
 * rules, and how it stands is kept, in one write.
 */
export const judgeAnew = async (judgement: Judgement, context: NamingContext, world: DriftWorld): Promise<Judgement> => {
  const looked = judgement.unruled.slice(0, mostAtOnce);
  if (looked.length === 0) return judgement;
  const named = await nameDrift(looked, context, world);
  const entries = looked.map((each, at) => {
    const found = named[at];
    return found?.state === "stands" ? found : { before: each.entry, now: unseen(each, context) };
  });
  await settleEntries(world.table, world.artifacts, context.application.name, entries);
  const drifted = looked.filter((_, at) => named[at]?.state !== "stands");
  return { ...judgement, moved: [...judgement.moved, ...drifted], unruled: judgement.unruled.slice(mostAtOnce) };
};

/** No object has it: neither a scan nor a sync takes one for settled by it. */
const noFingerprint = "-";

/** From now on it has moved like any other, until it is healed or put back. */
const unseen = ({ entry, live }: Moved, { ignored }: NamingContext) => {
  const { resourceVersion: _, ...rest } = ruled(entry, ignored.rulesFor?.(live));
  return { ...rest, fingerprint: noFingerprint };
};
