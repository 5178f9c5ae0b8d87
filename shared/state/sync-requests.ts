import * as z from "zod/mini";
import { maxSelected, type SyncRequest } from "../model/sync-request.ts";

const text = z.string();
const tooMany = `names more than ${maxSelected} objects; name fewer, or sync the whole Application`;

/** A person's sync as the table, messages and commands carry it. */
export const SyncRequestItem = z.object({
  by: text,
  prune: z._default(z.boolean(), false),
  dryRun: z._default(z.boolean(), false),
  resources: z.exactOptional(
    z
      .array(z.object({ group: z._default(text, ""), kind: text, namespace: z.exactOptional(text), name: text }))
      .check(z.minLength(1, "is empty; leave it out to sync the whole Application"), z.maxLength(maxSelected, tooMany)),
  ),
  syncOptions: z.exactOptional(z.array(text)),
  revision: z.exactOptional(text),
  rollbackTo: z.exactOptional(text),
  strategy: z.exactOptional(z.object({ kind: z.enum(["apply", "hook"]), force: z._default(z.boolean(), false) })),
}) satisfies z.ZodMiniType<SyncRequest>;
