import type { ObjectResult } from "../../model/operation.ts";
import type { Gate } from "./gate.ts";
import { byPlace, type Group, hasWork, type Place } from "./groups.ts";

/** What an operation does next. One that acts on the same group again waits for what is missing there. */
export type Next =
  | { readonly kind: "act"; readonly group: Group; readonly last: boolean; readonly waitingFor?: string }
  | { readonly kind: "wait"; readonly group: Group; readonly waitingFor: string }
  | { readonly kind: "fail"; readonly group: Group; readonly results: readonly ObjectResult[] }
  | { readonly kind: "finish" };

/**
 * From where an operation stands and what it sees: the gate behind the group that was acted on last, then the next group that has work. Groups
 * without any are passed when they are healthy. Behind the last group there is a gate only for hooks: a sync without hooks is done when all is
 * applied, even if it degrades afterwards (as Argo CD's code has it).
 */
export const decide = (groups: readonly Group[], at: Place | undefined, gate: (group: Group) => Gate): Next => {
  const passed = (group: Group): boolean => at !== undefined && byPlace(group, at) <= 0;
  const begun = groups.filter(passed).at(-1);
  const ahead = groups.filter((group) => !passed(group));
  const candidates = begun && byPlace(begun, at ?? begun) === 0 ? [begun, ...ahead] : ahead;
  for (const [index, group] of candidates.entries()) {
    const last = index === candidates.length - 1;
    const isBegun = group === begun;
    if (!isBegun && hasWork(group)) return { kind: "act", group, last };
    if (last && group.hooks.length === 0 && !isBegun) return { kind: "finish" };
    const stands = gate(group);
    if (stands.state === "unfinished") return { kind: "act", group, last, waitingFor: stands.waitingFor };
    if (stands.state === "failed") return { kind: "fail", group, results: stands.results };
    if (stands.state === "closed") return { kind: "wait", group, waitingFor: stands.waitingFor };
  }
  return { kind: "finish" };
};
