import { canonicalJson } from "../../shared/model/digest.ts";
import type { Json } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { JsonPatchOperation } from "../../shared/ports/cluster.ts";
import { changedFields, stillThere, subtract } from "./server-side-apply.ts";

/** An update's managed fields: what it touched is its manager's, and nobody else's any more. */
export const updated = (before: Manifest | undefined, after: Manifest, manager: string, time?: string): Manifest => {
  const touched = changedFields(before ? stripped(before) : {}, stripped(after));
  const entry = { manager, operation: "Update", apiVersion: after.apiVersion, fieldsV1: touched, ...(time !== undefined && { time }) };
  const others = (before?.metadata.managedFields ?? []).map((each) => ({
    ...each,
    fieldsV1: stillThere(subtract(each.fieldsV1 ?? {}, touched), stripped(after)),
  }));
  const managedFields = [...others, entry].filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0);
  return { ...after, metadata: { ...after.metadata, managedFields } };
};

/** undefined: an operation does not fit. */
export const patched = (object: Manifest, operations: readonly JsonPatchOperation[]): Manifest | undefined => {
  const copy: Manifest = structuredClone(object);
  return operations.every((operation) => patchInto(copy, operation)) ? copy : undefined;
};

const patchInto = (root: Json | Manifest, operation: JsonPatchOperation): boolean => {
  const steps = operation.path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = steps.pop() ?? "";
  let at: unknown = root;
  for (const step of steps)
    at = Array.isArray(at) ? at[Number(step)] : typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined;
  if (typeof at !== "object" || at === null) return false;
  const there = Array.isArray(at) ? Number(last) < at.length : last in at;
  switch (operation.op) {
    case "test":
      return canonicalJson(Reflect.get(at, last) ?? null) === canonicalJson(operation.value);
    case "remove":
      if (!there) return false;
      return Array.isArray(at) ? at.splice(Number(last), 1).length === 1 : Reflect.deleteProperty(at, last);
    case "replace":
      return there && Reflect.set(at, last, operation.value);
    case "add":
      if (!Array.isArray(at)) return Reflect.set(at, last, operation.value);
      at.splice(last === "-" ? at.length : Number(last), 0, operation.value);
      return true;
    default:
      return false;
  }
};

/** `a=b,c!=d` over whatever a name stands for. */
export const selectorOf = (selector: string | undefined, read: (object: Manifest, name: string) => Json | undefined) => {
  const rules = (selector ?? "").split(",").flatMap((rule) => {
    const [, name, operator, value] = /^(.+?)(!?=)(.*)$/.exec(rule) ?? [];
    return name === undefined ? [] : [{ name, equal: operator === "=", value }];
  });
  return (object: Manifest): boolean => rules.every(({ name, equal, value }) => (read(object, name) === value) === equal);
};

/** Without what the server keeps for itself. */
const stripped = (object: Manifest): Manifest => {
  const { managedFields, resourceVersion, uid, ...metadata } = object.metadata;
  return { ...object, metadata };
};

/** What is written once more is not written: the API server keeps the times of the managed fields, too. */
export const sameContent = (a: Manifest, b: Manifest): boolean =>
  canonicalJson(stripped(a)) === canonicalJson(stripped(b)) && canonicalJson(ownedIn(a)) === canonicalJson(ownedIn(b));

const ownedIn = ({ metadata: { managedFields = [] } }: Manifest) => managedFields.map(({ time: _, ...owned }) => owned);
