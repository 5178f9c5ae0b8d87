import * as z from "zod/mini";
import type { Json } from "../model/json.ts";
import type { SyncRequest } from "../model/sync-request.ts";

const text = z.string();

export const SelectedResourceItem = z.object({ group: z._default(text, ""), kind: text, namespace: z.exactOptional(text), name: text });

/** A person's sync as state and operation carry it: a large selection stands beside them, see selections.ts. */
export const SyncRequestItem = z.object({
  by: text,
  prune: z._default(z.boolean(), false),
  dryRun: z._default(z.boolean(), false),
  resources: z.exactOptional(
    z.union([
      z.array(SelectedResourceItem).check(z.minLength(1, "is empty; leave it out to sync the whole Application")),
      z.object({ stored: text, parts: z.number() }),
    ]),
  ),
  syncOptions: z.exactOptional(z.array(text)),
  revision: z.exactOptional(text),
  rollbackTo: z.exactOptional(text),
  strategy: z.exactOptional(z.object({ kind: z.enum(["apply", "hook"]), force: z._default(z.boolean(), false) })),
  retry: z.exactOptional(
    z.object({ limit: z.number(), duration: z.number(), factor: z.number(), maxDuration: z.number(), refresh: z.boolean() }),
  ),
}) satisfies z.ZodMiniType<SyncRequest>;

/** As the table takes it. */
export const plainRequest = (request: SyncRequest): Json => JSON.parse(JSON.stringify(request));
