import type { Manifest } from "../model/manifest.ts";
import { type FingerprintOptions, fingerprintOf } from "./fingerprint.ts";
import { applyEntryOf } from "./managed-fields.ts";
import { sameJson } from "./same-json.ts";

/** What was kept when an object was last found, or made, equal to its desired manifest. */
export interface AppliedRecord {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly fingerprint: string;
  /** Digest of the desired manifest as it was sent. */
  readonly desiredDigest: string;
}

/** Whether a live object is known to be in sync without asking the server again. `dry-run`: only its prediction can tell. */
export type Comparison =
  | { readonly verdict: "in-sync"; readonly record: AppliedRecord }
  | {
      readonly verdict: "dry-run";
      readonly because: "new to us" | "another object of that name" | "desired manifest changed" | "our fields moved";
    };

/** Keep this after an apply (its answer), or after a dry run found no difference (the live object). */
export const recordOf = (object: Manifest, desiredDigest: string, options: FingerprintOptions): AppliedRecord => ({
  uid: object.metadata.uid ?? "",
  resourceVersion: object.metadata.resourceVersion ?? "",
  fingerprint: fingerprintOf(object, options),
  desiredDigest,
});

/** A `record` in the answer that differs from the one given (a new resourceVersion) is worth keeping: the next look is cheaper. */
export const compareWithApplied = (
  live: Manifest,
  desiredDigest: string,
  record: AppliedRecord | undefined,
  options: FingerprintOptions,
): Comparison => {
  if (!record) return { verdict: "dry-run", because: "new to us" };
  const { uid, resourceVersion } = live.metadata;
  if (record.uid !== uid) return { verdict: "dry-run", because: "another object of that name" };
  if (record.desiredDigest !== desiredDigest) return { verdict: "dry-run", because: "desired manifest changed" };
  if (record.resourceVersion === resourceVersion) return { verdict: "in-sync", record };
  const now = recordOf(live, desiredDigest, options);
  return now.fingerprint === record.fingerprint ? { verdict: "in-sync", record: now } : { verdict: "dry-run", because: "our fields moved" };
};

/**
 * Whether an apply would give back fields that were taken from us, with or without another value in them. Where no value differs the object
 * is in sync, but a field that Git drops later would stay: apply once.
 */
export const ownershipDiffers = (predicted: Manifest, live: Manifest, fieldManager: string): boolean =>
  !sameJson(applyEntryOf(predicted, fieldManager)?.fieldsV1, applyEntryOf(live, fieldManager)?.fieldsV1);
