import type { Applied } from "./apply.ts";
import type { Look } from "./look.ts";

/** What another Application created after the look, and before our apply, is left alone as if it had been seen: not ours, and looked at again. */
export const withTaken = (look: Look, applied: readonly Applied[]): Look => {
  const taken = applied.flatMap(({ result: { key, action, message = "" } }) =>
    action === "skipped" ? [{ kind: "keep" as const, key, because: "owned by another Application" as const, detail: message }] : [],
  );
  return taken.length === 0 ? look : { ...look, isContested: true, plan: { ...look.plan, kept: [...look.plan.kept, ...taken] } };
};
