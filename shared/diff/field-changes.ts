import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldChange } from "../model/operation.ts";
import { fieldChange } from "./field-change.ts";
import { describePath, type FieldPath } from "./field-path.ts";
import { type Ignored, type Ignoring, nothingIgnored, type OwnedPlaces, ownedBy, withoutIgnored } from "./ignored.ts";
import { itemsBySegment, type ListKind, listKindsOf } from "./list-keys.ts";
import { applyEntryOf } from "./managed-fields.ts";
import { maskSecrets } from "./mask.ts";
import { nodeAt, ownerOf } from "./owners.ts";
import { sameMeaning } from "./quantities.ts";
import { sameJson } from "./same-json.ts";

export interface DifferenceOptions {
  readonly fieldManager: string;
  /** A function where items may stand in another order in the prediction; else what is ignored in the live object holds for both. */
  readonly ignored?: Ignored | Ignoring;
  /** Count what admission webhooks would make of fields that are not ours, too: `IncludeMutationWebhook=true`. */
  readonly includeMutationWebhook?: boolean;
}

/**
 * What an apply would change: each field in which the server's prediction (a dry run's answer) differs from the live object, with who moved
 * it where the cluster knows. Values of Secrets are masked. Empty means in sync.
 */
export const differencesBetween = (
  predicted: Manifest,
  live: Manifest,
  { fieldManager, ignored = nothingIgnored, includeMutationWebhook = false }: DifferenceOptions,
): readonly FieldChange[] => {
  const ignoring: Ignoring = typeof ignored === "function" ? ignored : () => ignored;
  const ofLive = ignoring(live);
  const [desired, actual] = maskSecrets(predicted, live);
  const walk: Walk = { listKind: listKindsOf(predicted, live), others: ownedBy(live, ofLive.managers), found: [] };
  compare({ path: [], desired: comparable(desired, ignoring(predicted)), live: comparable(actual, ofLive) }, walk);
  const counts = includeMutationWebhook ? () => true : isOurs(predicted, live, fieldManager);
  return walk.found
    .filter(({ path }) => counts(path))
    .map(({ path, ...values }) => fieldChange(path, values, ownerOf(live, path, fieldManager)));
};

interface Place {
  readonly path: FieldPath;
  readonly desired: Json | undefined;
  readonly live: Json | undefined;
}

interface Walk {
  readonly listKind: (path: FieldPath) => ListKind;
  /** Whose fields are none of our business. */
  readonly others: OwnedPlaces;
  readonly found: Place[];
}

/** What the server keeps for itself. */
const serversOwn = ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"];

const comparable = (object: Manifest, ignored: Ignored): Json | undefined => {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([field]) => !serversOwn.includes(field)));
  return withoutIgnored({ ...object, metadata }, ignored);
};

/**
 * A field that is neither ours in the prediction nor was ours until now is somebody else's doing: an admission webhook that came later, a
 * default. Where the server records no owners, everything counts.
 */
const isOurs = (predicted: Manifest, live: Manifest, fieldManager: string): ((path: FieldPath) => boolean) => {
  const [after, before] = [predicted, live].map((object) => applyEntryOf(object, fieldManager)?.fieldsV1);
  if (after === undefined) return () => true;
  const owned = [after, before].filter((fields): fields is JsonObject => fields !== undefined);
  return (path) => owned.some((fields) => nodeAt(fields, path) !== undefined);
};

const compare = (place: Place, walk: Walk): void => {
  const { path, desired, live } = place;
  if (sameMeaning(desired, live, path) || walk.others.owns(path)) return;
  if (isMap(desired) && isMap(live)) compareMaps(place, walk);
  else if (Array.isArray(desired) && Array.isArray(live)) compareLists(place, desired, live, walk);
  else walk.found.push(place);
};

/** A map that is not there has no fields, so that what was removed or added is named field by field. */
const isMap = (value: Json | undefined): boolean => value === undefined || isJsonObject(value);

const compareMaps = ({ path, desired, live }: Place, walk: Walk): void => {
  const [ours, theirs] = [isJsonObject(desired) ? desired : {}, isJsonObject(live) ? live : {}];
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
  for (const field of fields) compare({ path: [...path, `f:${field}`], desired: ours[field], live: theirs[field] }, walk);
  // `emptyDir: {}` against nothing: no field in it differs, and yet it is gone.
  if (fields.length === 0) walk.found.push({ path, desired, live });
};

const compareLists = (place: Place, desired: readonly Json[], live: readonly Json[], walk: Walk): void => {
  const { path } = place;
  const kind = walk.listKind(path);
  const [ours, theirs] = [itemsBySegment(desired, kind), itemsBySegment(live, kind)];
  if (!ours || !theirs) {
    walk.found.push(place);
    return;
  }
  const [order, liveOrder] = [[...ours.keys()], [...theirs.keys()]];
  const before = walk.found.length;
  for (const segment of new Set([...order, ...liveOrder])) {
    const item = { path: [...path, segment], desired: ours.get(segment), live: theirs.get(segment) };
    if (item.desired !== undefined && item.live !== undefined) compare(item, walk);
    else if (!walk.others.hold(item.path)) walk.found.push(item);
  }
  const sameItems = order.length === liveOrder.length && order.every((segment) => theirs.has(segment));
  if (sameItems && walk.found.length === before && !sameJson(order, liveOrder))
    walk.found.push({ path, desired: order.map(short), live: liveOrder.map(short) });
};

const short = (segment: string): string => describePath([segment]);
