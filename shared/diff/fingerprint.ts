import { createHmac } from "node:crypto";
import { canonicalJson } from "../model/digest.ts";
import type { ManagedFieldsEntry, Manifest } from "../model/manifest.ts";
import { defaultPeoplesTools, isPeoples } from "../model/peoples-tools.ts";
import { type Ignored, type IgnoredFields, ignoredFieldsOf, nothingIgnored } from "./ignored.ts";
import { applyEntryOf, walkOwned } from "./managed-fields.ts";

export interface FingerprintOptions {
  readonly fieldManager: string;
  /** Keeps values of Secrets from being guessed by who can read the table. */
  readonly key: string | Uint8Array;
  readonly ignored?: Ignored;
  /** Prefixes of field managers that are people's tools. */
  readonly peoplesTools?: readonly string[];
}

/**
 * HMAC-SHA256, hex, over what our last apply left behind: uid, our entry of managedFields, those of people's tools, and the values that the
 * object has at all those fields, without the ignored ones. Times are left out. What controllers own is not in it, so status, defaults
 * and annotations of theirs may change without a difference here; of managers whose fields are ignored, which fields those are is.
 */
export const fingerprintOf = (
  object: Manifest,
  { fieldManager, key, ignored = nothingIgnored, peoplesTools = defaultPeoplesTools }: FingerprintOptions,
): string => {
  const ours = applyEntryOf(object, fieldManager);
  const people = (object.metadata.managedFields ?? []).filter((entry) => entry !== ours && isPeoples(entry, peoplesTools));
  const fields = ignoredFieldsOf(object, ignored);
  const textsOf = (entries: readonly ManagedFieldsEntry[]) => entries.map((entry) => entryText(entry, object, fields));
  // Whoever wrote nothing but ignored fields changed nothing here.
  const peoples = textsOf(people).filter((text) => text.includes("\n"));
  const text = [object.metadata.uid ?? "", ...[...textsOf(ours ? [ours] : []), ...peoples, ...leftToManagers(object, ignored)].sort()];
  return createHmac("sha256", key).update(text.join("\n\n")).digest("hex");
};

/** What a manager took from us, and later gave up, is nobody's: our own entry does not say that it is ours to set again. */
const leftToManagers = ({ metadata }: Manifest, { managers }: Ignored): readonly string[] =>
  (metadata.managedFields ?? []).flatMap(({ manager, subresource, fieldsV1 }) =>
    manager !== undefined && managers.includes(manager) && subresource !== "status"
      ? [`left to ${manager}\n${canonicalJson(fieldsV1 ?? {})}`]
      : [],
  );

const entryText = (entry: ManagedFieldsEntry, object: Manifest, ignored: IgnoredFields): string => {
  const lines = [JSON.stringify([entry.manager, entry.operation, entry.subresource ?? "", entry.apiVersion])];
  walkOwned(entry.fieldsV1 ?? {}, object, ({ path, pointer, value }) => {
    if (ignored.ignores(path, pointer)) return;
    const seen = ignored.strip(value, pointer);
    lines.push(`${path.join("\t")}\t${seen === undefined ? "" : typeof seen === "object" ? canonicalJson(seen) : JSON.stringify(seen)}`);
  });
  return lines.join("\n");
};
