import * as z from "zod/mini";
import type { InventoryEntry } from "../model/inventory.ts";
import { formatKey, parseKey } from "../model/resource-key.ts";

/** One row per object: key, apiVersion, uid, resourceVersion, fingerprint, digest of the desired manifest, time of our first apply, "hook" for a hook's, digest of the ignore rules; "" where not known. */
export const Row = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.string()], z.string());

export const rowOf = (entry: InventoryEntry): z.infer<typeof Row> => [
  formatKey(entry.key),
  entry.apiVersion,
  entry.uid ?? "",
  entry.resourceVersion ?? "",
  entry.fingerprint ?? "",
  entry.desired ?? "",
  ...withoutEnd([entry.since ?? "", entry.hook ? "hook" : "", entry.rules ?? ""]),
];

/** Most rows have nothing there. */
const withoutEnd = (texts: readonly string[]): readonly string[] => texts.slice(0, texts.findLastIndex((text) => text !== "") + 1);

export const entryOf = ([text, apiVersion, uid, resourceVersion, fingerprint, desired, since, hook, rules]: z.infer<
  typeof Row
>): readonly InventoryEntry[] => {
  const key = parseKey(text);
  if (!key) return [];
  return [
    {
      key,
      apiVersion,
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(fingerprint && { fingerprint }),
      ...(desired && { desired }),
      ...(hook === "hook" && { hook: true as const }),
      ...(since && { since }),
      ...(rules && { rules }),
    },
  ];
};
