import { isJsonObject, type Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldChange } from "../model/operation.ts";
import { fieldChange } from "./field-change.ts";
import { describePath, type FieldPath } from "./field-path.ts";
import { type Ignored, type IgnoredFields, ignoredFieldsOf, nothingIgnored } from "./ignored.ts";
import { itemsBySegment, type ListKind, listKindsOf } from "./list-keys.ts";
import { escapePointer } from "./managed-fields.ts";
import { maskSecrets } from "./mask.ts";
import { ownerOf } from "./owners.ts";
import { sameJson } from "./same-json.ts";

export interface DifferenceOptions {
  readonly fieldManager: string;
  readonly ignored?: Ignored;
}

/**
 * What an apply would change: each field in which the server's prediction (a dry run's answer) differs from the live object, with who moved
 * it where the cluster knows. Values of Secrets are masked. Empty means in sync.
 */
export const differencesBetween = (
  predicted: Manifest,
  live: Manifest,
  { fieldManager, ignored = nothingIgnored }: DifferenceOptions,
): readonly FieldChange[] => {
  const [desired, actual] = maskSecrets(predicted, live);
  const walk: Walk = { listKind: listKindsOf(predicted, live), ignored: ignoredFieldsOf(live, ignored), found: [] };
  compare({ path: [], pointer: "", desired: withoutServersOwn(desired), live: withoutServersOwn(actual) }, walk);
  return walk.found.map((place) => changeOf(place, live, fieldManager));
};

interface Place {
  readonly path: FieldPath;
  /** In the live object; where it has no such field, where it would be. */
  readonly pointer: string;
  readonly desired: Json | undefined;
  readonly live: Json | undefined;
}

interface Walk {
  readonly listKind: (path: FieldPath) => ListKind;
  readonly ignored: IgnoredFields;
  readonly found: Place[];
}

/** What the server or a controller keeps for itself. */
const serversOwn = ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"];

const withoutServersOwn = ({ status: _, ...object }: Manifest): Json => ({
  ...object,
  metadata: Object.fromEntries(Object.entries(object.metadata).filter(([field]) => !serversOwn.includes(field))),
});

const compare = (place: Place, walk: Walk): void => {
  const { path, pointer, desired, live } = place;
  if (sameJson(desired, live) || walk.ignored.ignores(path, pointer)) return;
  if (isMap(desired) && isMap(live)) compareMaps(place, walk);
  else if (Array.isArray(desired) && Array.isArray(live)) compareLists(place, desired, live, walk);
  else addIfDifferent(place, walk);
};

const addIfDifferent = ({ path, pointer, desired, live }: Place, walk: Walk): void => {
  const [ours, theirs] = [walk.ignored.strip(desired, pointer), walk.ignored.strip(live, pointer)];
  if (!sameJson(ours, theirs)) walk.found.push({ path, pointer, desired: ours, live: theirs });
};

/** A map that is not there has no fields, so that what was removed or added is named field by field. */
const isMap = (value: Json | undefined): boolean => value === undefined || isJsonObject(value);

const compareMaps = ({ path, pointer, desired, live }: Place, walk: Walk): void => {
  const [ours, theirs] = [isJsonObject(desired) ? desired : {}, isJsonObject(live) ? live : {}];
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
  const before = walk.found.length;
  for (const field of fields) {
    compare(
      { path: [...path, `f:${field}`], pointer: `${pointer}/${escapePointer(field)}`, desired: ours[field], live: theirs[field] },
      walk,
    );
  }
  // `emptyDir: {}` against nothing: no field in it differs, and yet it is gone.
  const oneMissing = desired === undefined || live === undefined;
  if (oneMissing && fields.length === 0 && walk.found.length === before) walk.found.push({ path, pointer, desired, live });
};

const compareLists = (place: Place, desired: readonly Json[], live: readonly Json[], walk: Walk): void => {
  const { path, pointer } = place;
  const kind = walk.listKind(path);
  const [ours, theirs] = [itemsBySegment(desired, kind), itemsBySegment(live, kind)];
  if (!ours || !theirs) {
    addIfDifferent(place, walk);
    return;
  }
  const [order, liveOrder] = [[...ours.keys()], [...theirs.keys()]];
  const before = walk.found.length;
  for (const segment of new Set([...order, ...liveOrder])) {
    const index = liveOrder.indexOf(segment);
    const item = {
      path: [...path, segment],
      pointer: `${pointer}/${index < 0 ? "-" : index}`,
      desired: ours.get(segment),
      live: theirs.get(segment),
    };
    if (item.desired !== undefined && item.live !== undefined) compare(item, walk);
    else if (!walk.ignored.ignores(item.path, item.pointer)) walk.found.push(item);
  }
  const sameItems = order.length === liveOrder.length && order.every((segment) => theirs.has(segment));
  if (sameItems && walk.found.length === before && !sameJson(order, liveOrder))
    walk.found.push({ path, pointer, desired: order.map(short), live: liveOrder.map(short) });
};

const short = (segment: string): string => describePath([segment]);

const changeOf = ({ path, desired, live }: Place, object: Manifest, fieldManager: string): FieldChange =>
  fieldChange(path, { desired, live }, ownerOf(object, path, fieldManager));
