/**
 * Health of live objects: whether what was applied has come to work. Built-in kinds have a check of their own (`kinds/`, one row each in
 * kinds.ts), any other kind is judged by its status conditions. Pure: a live object in, a judgement out.
 */
import type { Manifest } from "../model/manifest.ts";
import type { HealthStatus } from "../model/operation.ts";
import { plainText } from "../model/plain-text.ts";
import { groupOf } from "../model/resource-key.ts";
import { byConditions } from "./conditions.ts";
import { kindChecks } from "./kinds.ts";

/** `message` says why, for anything but Healthy; the object's own words where it has some. */
export interface Health {
  readonly status: HealthStatus;
  readonly message?: string;
}

/** Judges one kind. Undefined: it says nothing about its health, so it counts as done at once. */
export type HealthCheck = (live: Manifest) => Health | undefined;

/** Undefined where an object has no notion of health, such as a ConfigMap. What is being deleted is not there yet, or no more. */
export const healthOf = (live: Manifest): Health | undefined => {
  if (live.metadata.deletionTimestamp !== undefined) return { status: "Progressing", message: "waiting for its deletion" };
  const check = kindChecks[`${groupOf(live.apiVersion)}/${live.kind}`] ?? byConditions;
  const health = check(live);
  return health?.message === undefined ? health : { ...health, message: plainText(health.message, MESSAGE_CHARACTERS) };
};

/** Its words come from the cluster and end up in messages to people. */
const MESSAGE_CHARACTERS = 500;
