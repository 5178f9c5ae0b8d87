import type { Json } from "../model/json.ts";
import type { ManagedFieldsEntry } from "../model/manifest.ts";
import type { FieldChange } from "../model/operation.ts";
import { plainText } from "../model/plain-text.ts";
import { describePath, type FieldPath } from "./field-path.ts";

const VALUE_CHARACTERS = 300;

const shown = (value: Json): string => plainText(JSON.stringify(value), VALUE_CHARACTERS);

/** One field that differs, for people: its path, both values as shortened JSON, and who moved it where the cluster knows. Mask Secrets before. */
export const fieldChange = (
  path: FieldPath,
  { desired, live }: { readonly desired?: Json | undefined; readonly live?: Json | undefined },
  owner: Pick<ManagedFieldsEntry, "manager" | "time"> | undefined,
): FieldChange => ({
  path: plainText(describePath(path), VALUE_CHARACTERS),
  ...(desired !== undefined && { desired: shown(desired) }),
  ...(live !== undefined && { live: shown(live) }),
  ...(owner?.manager !== undefined && { manager: owner.manager }),
  ...(owner?.time !== undefined && { time: owner.time }),
});
