import type { ApplicationEvent } from "../shared/model/event.ts";
import type { Manifest } from "../shared/model/manifest.ts";
import type { ObjectResult } from "../shared/model/operation.ts";
import { formatKey, keyOf } from "../shared/model/resource-key.ts";
import { isHook } from "../shared/sync/operation/hooks.ts";
import type { Stack } from "./command.ts";

/** The result of each object of an entry of history: failed ones first, then what changed, then what was unchanged. */
export const entryObjects = async (event: ApplicationEvent, stack: Stack): Promise<readonly ObjectResult[]> => {
  const results = await stack.results(event);
  const { counts, manifests: digest, namespace } = event;
  if (counts.unchanged === 0 || digest === undefined) return results;
  const unchanged = unchangedOf((await stack.manifests(digest)) ?? [], results, namespace);
  // Where only some were asked for, or the operation ended early, the manifests do not say which ones were looked at.
  return unchanged.length === counts.unchanged ? [...results, ...unchanged] : results;
};

/** History has no record of what stood as it should: it is what else was applied. A manifest without a namespace is in the Application's, or in none. */
const unchangedOf = (manifests: readonly Manifest[], results: readonly ObjectResult[], namespace: string): readonly ObjectResult[] => {
  const told = new Set(results.map(({ key }) => formatKey(key)));
  const wanted = new Map(
    manifests.filter((manifest) => !isHook(manifest)).map((manifest) => [formatKey(keyOf(manifest)), keyOf(manifest)]),
  );
  return [...wanted.values()].flatMap((key) => {
    const places = key.namespace === "" ? [key, { ...key, namespace }] : [key];
    return places.some((place) => told.has(formatKey(place))) ? [] : [{ key, action: "unchanged", code: "Synced" } as const];
  });
};
