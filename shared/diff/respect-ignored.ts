import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldPath } from "./field-path.ts";
import { type Ignored, type Ignoring, type OwnedPlaces, ownedBy } from "./ignored.ts";
import { type ListKind, listKindsOf, matchItems } from "./list-keys.ts";
import { type OursAlone, oursAlone } from "./ours-alone.ts";
import { escapePointer } from "./pointers.ts";

/**
 * `RespectIgnoreDifferences=true`: a manifest whose apply leaves ignored fields of the live object as they are. What others own, or nobody, is
 * not sent: it stays. What is ours alone is sent with the value that it has, since an apply that leaves it out would remove it. A field
 * that the live object does not have is not sent either. Bind the apply to the live object that was looked at: its values are in it.
 */
export const respectIgnored = (desired: Manifest, live: Manifest, ignoring: Ignoring, fieldManager: string): Manifest => {
  const [ofDesired, ofLive] = [ignoring(desired), ignoring(live)];
  const merge: Merge = {
    listKind: listKindsOf(live),
    ignoredInDesired: covers(ofDesired),
    ignoredInLive: covers(ofLive),
    managers: ownedBy(live, ofLive.managers),
    oursAlone: oursAlone(live, fieldManager),
  };
  const { apiVersion, kind, metadata, ...rest } = desired;
  const { managedFields: _, ...liveMetadata } = live.metadata;
  // Name and kind say which object it is.
  const [fields, about] = [
    mergeMaps(
      rest,
      Object.fromEntries(Object.entries(live).filter(([field]) => !["apiVersion", "kind", "metadata"].includes(field))),
      root,
      merge,
    ),
    mergeMaps(metadata, liveMetadata, { path: ["f:metadata"], desiredPointer: "/metadata", livePointer: "/metadata" }, merge),
  ];
  return { ...fields, apiVersion, kind, metadata: { ...about, name: metadata.name } };
};

interface At {
  readonly path: FieldPath;
  readonly desiredPointer: string | undefined;
  readonly livePointer: string | undefined;
}

interface Merge {
  readonly listKind: (path: FieldPath) => ListKind;
  readonly ignoredInDesired: Covers;
  readonly ignoredInLive: Covers;
  readonly managers: OwnedPlaces;
  readonly oursAlone: OursAlone;
}

const root: At = { path: [], desiredPointer: "", livePointer: "" };

type Covers = (pointer: string | undefined) => boolean;

const covers = ({ pointers }: Ignored): Covers => {
  const all = new Set(pointers);
  return (pointer) => pointer !== undefined && all.has(pointer);
};

const mergeValue = (desired: Json | undefined, live: Json | undefined, at: At, merge: Merge): Json | undefined => {
  const { path, desiredPointer, livePointer } = at;
  if (merge.ignoredInDesired(desiredPointer) || merge.ignoredInLive(livePointer) || merge.managers.owns(path))
    return merge.oursAlone(path, live);
  if (isJsonObject(desired) || (desired === undefined && isJsonObject(live))) {
    const merged = mergeMaps(isJsonObject(desired) ? desired : {}, isJsonObject(live) ? live : {}, at, merge);
    return desired === undefined && Object.keys(merged).length === 0 ? undefined : merged;
  }
  return Array.isArray(desired) && Array.isArray(live) ? mergeLists(desired, live, at, merge) : desired;
};

const mergeMaps = (desired: JsonObject, live: JsonObject, { path, desiredPointer, livePointer }: At, merge: Merge): JsonObject => {
  const fields = [...new Set([...Object.keys(desired), ...Object.keys(live)])];
  const merged = fields.flatMap((field) => {
    const below = (pointer: string | undefined) => (pointer === undefined ? undefined : `${pointer}/${escapePointer(field)}`);
    const at = { path: [...path, `f:${field}`], desiredPointer: below(desiredPointer), livePointer: below(livePointer) };
    const value = mergeValue(desired[field], live[field], at, merge);
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(merged);
};

/** Items that Git does not have are added only where they are ignored as such; a list without keys is one value, told apart by index. */
const mergeLists = (desired: readonly Json[], live: readonly Json[], { path, desiredPointer, livePointer }: At, merge: Merge): Json => {
  const kind = merge.listKind(path);
  const partner = matchItems(desired, live, kind);
  const at = (segment: string, index: number, liveIndex: number): At => ({
    path: [...path, segment],
    desiredPointer: desiredPointer === undefined ? undefined : `${desiredPointer}/${index}`,
    livePointer: livePointer === undefined || liveIndex < 0 ? undefined : `${livePointer}/${liveIndex}`,
  });
  if (kind.kind === "atomic") {
    return desired.map((item, index) => {
      const place = at(`i:${index}`, index, index);
      const ignored = merge.ignoredInDesired(place.desiredPointer) || merge.ignoredInLive(place.livePointer);
      return ignored ? (live[index] ?? item) : (mergeInside(item, live[index], place, merge) ?? item);
    });
  }
  const kept = desired.flatMap((item, index) => {
    const found = partner.get(index);
    const value = mergeValue(item, found && live[found.index], at(found?.segment ?? "?", index, found?.index ?? -1), merge);
    return value === undefined ? [] : [value];
  });
  const matched = new Set([...partner.values()].map(({ index }) => index));
  const carried = live.flatMap((item, index) => {
    const place = at(matchItems([item], live, kind).get(0)?.segment ?? "?", -1, index);
    const value = !matched.has(index) && merge.ignoredInLive(place.livePointer) ? merge.oursAlone(place.path, item) : undefined;
    return value === undefined ? [] : [value];
  });
  return [...kept, ...carried];
};

/** Inside a value that is owned as a whole nothing can be left out: what is ignored there is sent as it stands. */
const mergeInside = (desired: Json, live: Json | undefined, at: At, merge: Merge): Json | undefined =>
  mergeValue(desired, live, at, { ...merge, oursAlone: (_, value) => value });
