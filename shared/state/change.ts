import type { Json } from "../model/json.ts";
import type { Change } from "../ports/table.ts";

/**
 * A change in which undefined means "not any more". The table leaves alone what is undefined, and what an earlier write said would stand
 * there as if this one had said it: the last push's author beside this commit, an old error beside a success.
 */
export const replacing = (
  values: Readonly<Record<string, Json | undefined>>,
  remove: readonly string[] = [],
): Required<Pick<Change, "set" | "remove">> => ({
  set: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
  remove: [...new Set([...remove, ...Object.keys(values).filter((name) => values[name] === undefined)])],
});
