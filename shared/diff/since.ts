import type { Manifest } from "../model/manifest.ts";

/**
 * The server's time of our first apply to an object, ISO 8601, from that apply's answer: keep it, later answers have later times. What people's
 * tools wrote after it is theirs to lose; what they wrote before is what we took over.
 *
 * An object that was there: the latest time in its answer (an apply that changes no value leaves an entry without one). An object that we made:
 * a second before it was made, because times have whole seconds and nobody else's entry on it can be older than ours.
 */
export const firstAppliedAt = ({ object, created }: { readonly object: Manifest; readonly created: boolean }): string | undefined => {
  const { creationTimestamp, managedFields = [] } = object.metadata;
  if (!created)
    return (
      managedFields
        .flatMap(({ time }) => time ?? [])
        .toSorted()
        .at(-1) ?? creationTimestamp
    );
  const at = Date.parse(creationTimestamp ?? "");
  return Number.isNaN(at) ? undefined : new Date(at - 1_000).toISOString().replace(".000Z", "Z");
};
