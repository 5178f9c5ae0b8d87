import type { ResourceKey } from "./resource-key.ts";

/** An object an Application owns. It stands here before it stands in the cluster; what the apply answered is filled in afterwards. */
export interface InventoryEntry {
  readonly key: ResourceKey;
  /** The version it was applied in: comparisons list it in the same one. */
  readonly apiVersion: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** Keyed hash over what the cluster holds of our fields: see diff/fingerprint.ts. */
  readonly fingerprint?: string;
  /** Digest of the ignore rules that the fingerprint was taken by; absent where none but the usual ones held: see diff/ignore-rules.ts. */
  readonly rules?: string;
  /** A hook's object: deleted with its Application and by its own policies, never pruned. */
  readonly hook?: true;
  /** Digest of the manifest that was applied. */
  readonly desired?: string;
  /** The server's time of our first apply, ISO 8601: see diff/since.ts. */
  readonly since?: string;
}

/** What an Application owns, by formatted ResourceKey. */
export type Inventory = ReadonlyMap<string, InventoryEntry>;
