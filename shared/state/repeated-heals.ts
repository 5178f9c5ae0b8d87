import * as z from "zod/mini";
import { digestOf } from "../model/digest.ts";
import type { ObjectResult } from "../model/operation.ts";
import { formatKey } from "../model/resource-key.ts";

/** What was healed last, and how often within the hour: part of the state item. Times in ms since 1970. */
export const HealsItem = z.object({
  /** Digest of the objects and fields. */
  what: z.string(),
  count: z.number(),
  /** When the first of these was healed, and when people heard of them last. */
  since: z.number(),
  toldAt: z.number(),
});
export type Heals = z.infer<typeof HealsItem>;

const hour = 3_600_000;

export interface HealNews {
  /** What to keep for the next one. */
  readonly heals: Heals;
  /** Whether people hear of it; history has it in any case. */
  readonly tell: boolean;
  /** What to say where it is not the first time. */
  readonly reason?: string;
}

/**
 * A controller or a person that changes the same fields back and back again is told twice and then once an hour: when it was healed first, and
 * that it keeps coming back. Another drift is news.
 */
export const healNews = (before: Heals | undefined, results: readonly ObjectResult[], now: number): HealNews => {
  const what = digestOf(results.flatMap(pathsOf).toSorted().join("\n"));
  if (before?.what !== what || now - before.toldAt >= 2 * hour) return { heals: { what, count: 1, since: now, toldAt: now }, tell: true };
  const count = before.count + 1;
  const tell = count === 2 || now - before.toldAt >= hour;
  const heals = { ...before, count, toldAt: tell ? now : before.toldAt };
  if (!tell) return { heals, tell };
  const minutes = Math.max(1, Math.round((now - before.since) / 60_000));
  return { heals, tell, reason: `it keeps coming back: healed ${count} times in ${minutes} min; see which field manager changes it` };
};

/** Objects that were made again count as a whole. */
const pathsOf = ({ key, action, fields }: ObjectResult): readonly string[] => {
  if (action === "unchanged" || action === "skipped") return [];
  const object = formatKey(key);
  return fields === undefined ? [object] : fields.map(({ path }) => `${object} ${path}`);
};
