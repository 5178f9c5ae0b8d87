import { assertNever } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import { groupOf } from "../model/resource-key.ts";
import type { CustomHealth } from "./check.ts";
import { healthOf } from "./health.ts";

/** Whether one who waits for an object may go on. `message` says what it waits for, or why it failed. */
export type Settled =
  | { readonly state: "done" }
  | { readonly state: "waiting"; readonly message: string }
  | { readonly state: "failed"; readonly message: string };

/**
 * What the gate between waves makes of an applied object: one without a notion of health is done at once, and only Degraded is a failure;
 * Suspended, Missing and Unknown may yet come to work.
 */
export const settled = (live: Manifest, custom?: CustomHealth): Settled => {
  const health = healthOf(live, custom);
  if (health === undefined || health.status === "Healthy") return { state: "done" };
  const message = health.message ?? health.status;
  if (health.status === "Degraded" && isOfThePast(live, custom)) return { state: "done" };
  return health.status === "Degraded" ? { state: "failed", message } : { state: "waiting", message };
};

/** How runs before this one ended: nothing that was applied now has run, and what mends a CronJob must get past its last failure. */
const isOfThePast = (live: Manifest, custom: CustomHealth | undefined): boolean =>
  live.kind === "CronJob" && groupOf(live.apiVersion) === "batch" && (custom?.(live) ?? "built-in") === "built-in";

/** The same of a hook, which is to end: one whose health nobody knows has failed, as in Argo CD. */
export const settledHook = (live: Manifest, custom?: CustomHealth): Settled => {
  const health = healthOf(live, custom);
  if (health === undefined) return { state: "done" };
  const message = health.message ?? health.status;
  switch (health.status) {
    case "Healthy":
    case "Missing":
      return { state: "done" };
    case "Progressing":
    case "Suspended":
      return { state: "waiting", message };
    case "Degraded":
    case "Unknown":
      return { state: "failed", message };
    default:
      return assertNever(health.status);
  }
};
