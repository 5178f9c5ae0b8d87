import type { InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";

/** Same resourceVersion: nobody wrote. Same fingerprint: nobody wrote anything of ours. Another uid: another object of that name. */
export const stillStands = (entry: InventoryEntry, live: Manifest, fingerprint: (object: Manifest) => string): boolean => {
  if (entry.uid !== live.metadata.uid) return false;
  return entry.resourceVersion === live.metadata.resourceVersion || entry.fingerprint === fingerprint(live);
};
