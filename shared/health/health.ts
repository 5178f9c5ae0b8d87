/**
 * Health of live objects: whether what was applied has come to work. Kubernetes' own kinds have a check each
 * (`kinds/`), the custom resources that many use a row each (`ecosystem/`), and any other kind is judged by its status conditions. Pure: a live object in, a judgement out.
 */
import type { Manifest } from "../model/manifest.ts";
import { plainText } from "../model/plain-text.ts";
import { groupOf } from "../model/resource-key.ts";
import type { CustomHealth, Health } from "./check.ts";
import { findCheck } from "./find-check.ts";

/**
 * Undefined where an object has no notion of health, such as a ConfigMap. What is being deleted is not there yet, or no more; of the rest,
 * `custom` is asked first.
 */
export const healthOf = (live: Manifest, custom?: CustomHealth): Health | undefined => {
  if (live.metadata.deletionTimestamp !== undefined && !heldAsHook(live))
    return { status: "Progressing", message: "waiting for its deletion" };
  const answer = custom?.(live) ?? (custom ? undefined : "built-in");
  const health = answer === "built-in" ? builtIn(live) : answer;
  return health?.message === undefined ? health : { ...health, message: plainText(health.message, MESSAGE_CHARACTERS) || health.status };
};

const builtIn = (live: Manifest): Health | undefined => findCheck(groupOf(live.apiVersion), live.kind)(live);

/** A finished hook that somebody deletes stays until its outcome was read; that is judged by its own state. */
const heldAsHook = (live: Manifest): boolean => live.metadata.finalizers?.includes("argocd.argoproj.io/hook-finalizer") === true;

/** Its words come from the cluster and end up in messages to people. */
const MESSAGE_CHARACTERS = 500;
