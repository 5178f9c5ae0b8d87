import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";

/** A live object, checked to be one. Items of a list carry no apiVersion and kind of their own, so the list's are filled in. */
export const liveObject = (
  value: Json | undefined,
  type?: { readonly apiVersion: string; readonly kind: string },
): Manifest | undefined => {
  if (!isJsonObject(value)) return undefined;
  const typed = type === undefined ? value : { ...value, ...type };
  return isManifest(typed) ? typed : undefined;
};

const isManifest = (value: JsonObject): value is Manifest =>
  typeof value.apiVersion === "string" && typeof value.kind === "string" && isObjectMeta(value.metadata);

const isObjectMeta = (value: Json | undefined): boolean =>
  isJsonObject(value) &&
  typeof value.name === "string" &&
  optionalStrings.every((field) => value[field] === undefined || typeof value[field] === "string") &&
  isStringMap(value.labels) &&
  isStringMap(value.annotations) &&
  isList(value.finalizers, (each) => typeof each === "string") &&
  isList(value.ownerReferences, isJsonObject) &&
  isList(value.managedFields, isJsonObject);

const optionalStrings = ["namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp"] as const;

const isList = (value: Json | undefined, ok: (each: Json) => boolean): boolean =>
  value === undefined || (Array.isArray(value) && value.every(ok));

const isStringMap = (value: Json | undefined): boolean => {
  if (value === undefined) return true;
  if (!isJsonObject(value)) return false;
  for (const field in value) if (typeof value[field] !== "string") return false;
  return true;
};
