import { type ForeignOptions, foreignFields, withoutForeign } from "../diff/foreign-fields.ts";
import { removeForeignFields } from "../diff/remove-foreign.ts";
import { firstAppliedAt } from "../diff/since.ts";
import type { InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldChange } from "../model/operation.ts";
import { formatKey, type ResourceKey } from "../model/resource-key.ts";
import type { ApplyAnswer, Cluster } from "../ports/cluster.ts";

/** What a sync does about what people's tools added to objects of ours. */
export interface ForeignPolicy {
  /** Takes it away: drift is healed here, or somebody asked for this sync. */
  readonly heals: boolean;
  /** What we know of the object from before this sync. */
  readonly known: (key: string) => InventoryEntry | undefined;
  readonly options: (object: Manifest, since: string | undefined) => ForeignOptions;
}

/** An object after its apply, and after what people's tools added to it was taken away. */
export interface Cleaned {
  readonly live: Manifest;
  readonly since: string | undefined;
  /** What was taken away. */
  readonly fields: readonly FieldChange[];
  /** Why it could not be. */
  readonly problem?: string;
}

export const cleanObject = async (
  key: ResourceKey,
  answer: Extract<ApplyAnswer, { state: "applied" }>,
  cluster: Cluster,
  policy: ForeignPolicy,
): Promise<Cleaned> => {
  const since = sinceOf(key, answer.object, policy) ?? firstAppliedAt(answer);
  if (answer.created || !policy.heals) return { live: answer.object, since, fields: [] };
  const removal = await removeForeignFields(cluster, answer.object, policy.options(answer.object, since));
  if (removal.state === "none") return { live: removal.live, since, fields: [] };
  if (removal.state === "removed") return { live: removal.live, since, fields: removal.fields };
  const [first] = removal.fields;
  const what = `${first?.path ?? "a field"} was added by ${first?.manager ?? "somebody"}`;
  return { live: removal.live, since, fields: [], problem: `${what} and cannot be taken away: ${removal.message}` };
};

/** The first apply of an object that is still the same; one that was made anew has a first apply of its own. */
export const sinceOf = (key: ResourceKey, live: Manifest, { known }: ForeignPolicy): string | undefined => {
  const entry = known(formatKey(key));
  return entry?.uid === live.metadata.uid ? entry?.since : undefined;
};

/**
 * What the inventory keeps to recognise the object by. What a person added and is not taken away must not look settled, so it is recognised
 * as if it were not there: the next scan says so.
 */
export const recognisedAs = (
  live: Manifest,
  since: string | undefined,
  policy: ForeignPolicy,
): { readonly object: Manifest; readonly resourceVersion: string | undefined } => {
  const options = policy.options(live, since);
  if (foreignFields(live, options).patch.length === 0) return { object: live, resourceVersion: live.metadata.resourceVersion };
  return { object: withoutForeign(live, options), resourceVersion: undefined };
};
