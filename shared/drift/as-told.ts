import { digestOf } from "../model/digest.ts";
import { formatKey } from "../model/resource-key.ts";
import type { Judgement } from "./judge.ts";
import type { NamingContext } from "./name-drift.ts";
import type { DriftWorld } from "./ports.ts";

/**
 * Digest of all that a closer look at drift would see: which objects, in which version, against which manifests, by which rules. By version, not
 * by fingerprint: a field that others took over may be put back without a difference in ours.
 */
export const digestOfDrift = (
  { missing, moved }: Pick<Judgement, "missing" | "moved">,
  { state, ignored, steered }: NamingContext,
  { peoplesTools }: Pick<DriftWorld, "peoplesTools">,
): string => {
  const objects = moved.map(({ entry, live }) => {
    const { uid = "", resourceVersion = "" } = live.metadata;
    return [formatKey(entry.key), uid, resourceVersion, ignored(live), steered(live)];
  });
  const gone = missing.map(({ key }) => formatKey(key));
  return digestOf(JSON.stringify([state.syncedOutput, state.declared ?? "", peoplesTools, gone, objects]));
};

/** Nothing moved since it was told: a closer look, which costs a dry run per object, would find the same again. */
export const isAsTold = (judgement: Judgement, context: NamingContext, world: DriftWorld): boolean => {
  const { drifted, toldDrift } = context.state;
  return drifted === true && toldDrift !== undefined && toldDrift === digestOfDrift(judgement, context, world);
};
