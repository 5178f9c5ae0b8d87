import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";

/** Live objects come from elsewhere: a field of another type than expected reads as absent. */
export const objectAt = (value: Json | undefined, ...path: readonly string[]): JsonObject => {
  const found = at(value, path);
  return isJsonObject(found) ? found : {};
};

export const textAt = (value: Json | undefined, ...path: readonly string[]): string => {
  const found = at(value, path);
  return typeof found === "string" ? found : "";
};

export const numberAt = (value: Json | undefined, ...path: readonly string[]): number | undefined => {
  const found = at(value, path);
  return typeof found === "number" ? found : undefined;
};

export const objectsAt = (value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] => {
  const found = at(value, path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
};

/** Whatever is at the path. */
export const at = (value: Json | undefined, path: readonly string[]): Json | undefined => {
  let found = value;
  for (const field of path) found = isJsonObject(found) ? found[field] : undefined;
  return found;
};

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** "" but for the projects that grade what is not well: Info, Warning, Error. */
  readonly severity: string;
  /** The generation of the object that it speaks of, where its controller says so. */
  readonly observedGeneration?: number;
}

/** `status.conditions`, in their order. */
export const conditionsOf = (live: JsonObject): readonly Condition[] => conditionsIn(objectAt(live, "status").conditions);

/** Conditions that stand elsewhere, such as one list for each parent of a route. */
export const conditionsIn = (list: Json | undefined): readonly Condition[] => objectsAt(list).map(readCondition);

export const readCondition = ({ type, status, reason, message, severity, observedGeneration }: JsonObject): Condition => ({
  type: text(type),
  status: text(status),
  reason: text(reason),
  message: text(message),
  severity: text(severity),
  ...(typeof observedGeneration === "number" && { observedGeneration }),
});

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** What a condition says of itself, for people. */
export const wordsOf = ({ type, reason, message }: Condition): string => message || reason || type;
