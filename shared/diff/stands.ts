import type { InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Ignoring } from "./ignored.ts";

/**
 * Same resourceVersion: nobody wrote. Same fingerprint: nobody wrote anything of ours. Another uid: another object of that name. `unruled`: other things
 * are ignored in it than when that was found, and neither says anything: what a rule hid then may be drift now.
 */
export type Standing = "stands" | "moved" | "unruled";

export const howItStands = (
  entry: InventoryEntry,
  live: Manifest,
  fingerprint: (object: Manifest) => string,
  { rulesFor }: Pick<Ignoring, "rulesFor">,
): Standing => {
  if (entry.uid !== live.metadata.uid) return "moved";
  if (entry.rules !== rulesFor?.(live)) return "unruled";
  const isSeen = entry.resourceVersion === live.metadata.resourceVersion;
  return isSeen || entry.fingerprint === fingerprint(live) ? "stands" : "moved";
};

export const stillStands = (
  entry: InventoryEntry,
  live: Manifest,
  fingerprint: (object: Manifest) => string,
  ignored: Pick<Ignoring, "rulesFor"> = {},
): boolean => howItStands(entry, live, fingerprint, ignored) === "stands";
