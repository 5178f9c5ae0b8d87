import { parseRules } from "../../../shared/argocd/project-rules.ts";
import { formatProblem } from "../../../shared/model/field-problem.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import type { SyncWindow } from "../../../shared/model/sync-window.ts";

/** Windows of project `shop` for all Applications; what is not given: allow, every night from 22:00 for 8 hours, UTC. */
export const windowsOf = (...written: readonly JsonObject[]): readonly SyncWindow[] => {
  const usual = { kind: "allow", schedule: "0 22 * * *", duration: "8h", applications: ["*"] };
  const parsed = parseRules("shop", { syncWindows: written.map((fields) => ({ ...usual, ...fields })) });
  if (parsed.state === "parsed") return parsed.rules.syncWindows;
  throw new Error(parsed.problems.map(formatProblem).join("; "));
};

export const windowOf = (written: JsonObject): SyncWindow => {
  const [window] = windowsOf(written);
  if (window) return window;
  throw new Error("no window");
};

/** ms since 1970 of "2026-01-05 22:00" and the like, UTC where no offset follows. */
export const at = (text: string): number => Date.parse(`${text.slice(0, 16).replace(" ", "T")}:00${text.slice(16).trim() || "Z"}`);

export const told = (moment: number | undefined): string | undefined => (moment === undefined ? undefined : new Date(moment).toISOString());
