import type { CustomHealth, Health } from "../health/check.ts";
import { type Customizations, customizationOf, type HealthScript } from "../model/customizations.ts";
import { Failure } from "../model/failure.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import type { HealthStatus } from "../model/operation.ts";
import { groupOf } from "../model/resource-key.ts";
import { runLua } from "./run-lua.ts";
import { scriptView } from "./script-view.ts";

/** Times that a script may break its limits in one pass: with ten thousand objects, each attempt more would hold everybody up. */
const strikes = 3;

/**
 * Users' own health scripts as one judgement. Make one per sync or scan: it remembers which scripts do not keep to their limits.
 * @param now Milliseconds since 1970.
 */
export const customHealth = ({ health }: Customizations, now: () => number): CustomHealth => {
  if (health.length === 0) return () => "built-in";
  const broken = new Map<HealthScript, number>();
  return (live) => {
    const script = customizationOf(health, groupOf(live.apiVersion), live.kind);
    if (script === undefined) return "built-in";
    if ((broken.get(script) ?? 0) >= strikes)
      return { status: "Unknown", message: `${script.source}: the script was stopped ${strikes} times and is not run again for now` };
    try {
      return healthIn(runLua(script, { obj: scriptView(live), now }), script);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "LimitExceeded") broken.set(script, (broken.get(script) ?? 0) + 1);
      return { status: "Unknown", message: error.message };
    }
  };
};

/** As Argo CD reads it: nothing and an empty table say nothing; a status that is none is Unknown. */
const healthIn = (answer: Json | undefined, { source }: HealthScript): Health | undefined => {
  if (answer === undefined || (Array.isArray(answer) && answer.length === 0)) return undefined;
  if (!isJsonObject(answer))
    return { status: "Unknown", message: `${source}: a script returns a table with a status, and this one returned ${kindOf(answer)}` };
  const { status, message } = answer;
  const known = statuses.find((each) => each === status);
  if (known === undefined)
    return {
      status: "Unknown",
      message: `${source}: ${JSON.stringify(status ?? null)} is no health status; a script returns one of ${statuses.join(", ")}`,
    };
  return typeof message === "string" && message !== "" ? { status: known, message } : { status: known };
};

const statuses: readonly HealthStatus[] = ["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"];

const kindOf = (answer: Json): string => (Array.isArray(answer) ? "a list" : `a ${typeof answer}`);
