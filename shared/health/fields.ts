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

const at = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((found, field) => (isJsonObject(found) ? found[field] : undefined), value);

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** `status.conditions`, in their order. */
export const conditionsOf = (live: JsonObject): readonly Condition[] => objectsAt(live, "status", "conditions").map(readCondition);

export const readCondition = (condition: JsonObject): Condition => ({
  type: textAt(condition, "type"),
  status: textAt(condition, "status"),
  reason: textAt(condition, "reason"),
  message: textAt(condition, "message"),
});

/** What a condition says of itself, for people. */
export const wordsOf = ({ type, reason, message }: Condition): string => message || reason || type;
