import * as z from "zod/mini";
import { type EventCounts, eventObjects } from "../model/event.ts";
import { type HookPhase, hookDeletePolicies, hookPhases } from "../model/hook.ts";
import type { Json } from "../model/json.ts";
import type { ObjectResult } from "../model/operation.ts";
import { parseKey } from "../model/resource-key.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Table } from "../ports/table.ts";
import { storeResults } from "./event-results.ts";
import { type Fence, writeFenced } from "./fenced.ts";
import { keys, readItem } from "./items.ts";
import { SyncRequestItem } from "./sync-requests.ts";

/** A hook that an operation created, and how it ended. */
const HookRecord = z.object({
  key: z.string(),
  apiVersion: z.string(),
  phase: z.enum(hookPhases),
  policies: z.array(z.enum(hookDeletePolicies)),
  state: z.enum(["running", "succeeded", "failed"]),
  message: z.optional(z.string()),
});
export type HookRecord = z.infer<typeof HookRecord>;

/**
 * How far an operation of several steps has come. One that ends in the step it began in has no such item. Everything else a step needs it finds
 * anew: manifests by their digest, live objects in the cluster, what is ours in the inventory.
 */
const OperationItem = z.object({
  v: z.literal(1),
  /** Generation and attempt that it serves: the same for whoever takes the operation over. */
  id: z.string(),
  generation: z.number(),
  attempt: z.number(),
  /** Attempts before it that met an outage. */
  outages: z._default(z.number(), 0),
  input: z.optional(z.string()),
  output: z.string(),
  /** Where it acts; absent in items of earlier versions. */
  place: z.optional(z.object({ cluster: z.string(), namespace: z.string() })),
  /** The commit that it goes to, by which its hooks are named; absent in items of earlier versions. */
  revision: z.optional(z.string()),
  /** ms since 1970 */
  startedAt: z.number(),
  request: z.optional(SyncRequestItem),
  /** Brings back what drifted: without hooks. */
  healing: z._default(z.boolean(), false),
  /** Waves of what it prunes, as they were when it began. */
  pruneWaves: z.optional(z.array(z.number())),
  /** Phase and wave acted on last; the gate behind it is still closed. Absent before the first. */
  at: z.optional(z.object({ phase: z.enum(hookPhases), wave: z.number() })),
  /** Objects whose dry run passed, while the time of its steps was too short for all; absent when it may write. */
  tried: z.optional(z.number()),
  /** A step's time was up in the middle of the group that comes next: what is done of it is told already. Keys of what was applied and differs still. */
  partly: z.optional(z.array(z.string())),
  /** ms since 1970: the delay between waves has passed. */
  notBefore: z.optional(z.number()),
  hooks: z._default(z.array(HookRecord), []),
  /** Why it fails, once it does: from then on only SyncFail hooks run. */
  failure: z.optional(z.object({ reason: z.string(), retry: z.enum(["never", "limited", "unlimited"]) })),
  /** Of a removal: phases whose hooks have all ended. */
  ended: z._default(z.array(z.enum(hookPhases)), []),
  counts: z.custom<EventCounts>((value) => typeof value === "object" && value !== null),
  /** Results of its steps that are not in the artifact store. */
  objects: z.custom<readonly ObjectResult[]>((value) => Array.isArray(value)),
  /** Where many are: digests of artifacts with the earlier ones, in order, and those of them that an event names. */
  stored: z.optional(
    z.object({ results: z.array(z.string()), objects: z.custom<readonly ObjectResult[]>((value) => Array.isArray(value)) }),
  ),
});
type OperationItem = z.infer<typeof OperationItem>;
export interface Operation extends Readonly<Omit<OperationItem, "v" | "hooks" | "ended">> {
  readonly hooks: readonly HookRecord[];
  readonly ended: readonly HookPhase[];
}

export const readOperation = async (table: Table, application: string): Promise<Operation | undefined> => {
  const item = await table.get(keys.operation(application));
  if (!item || item.forgotten) return undefined;
  const { v, ...operation } = readItem(OperationItem, item);
  return operation;
};

/** DynamoDB's items end at 400 kB. Results beyond this many characters of JSON go to the artifact store; each of them once. */
const inTable = 60_000;

/** Written under the lease, before the state that says it is under way. */
export const writeOperation = async (
  { table, artifacts }: { readonly table: Table; readonly artifacts: Artifacts },
  lease: Fence,
  operation: Operation,
): Promise<void> => {
  const isLarge = JSON.stringify(operation.objects).length > inTable;
  const written = isLarge ? await withStored(operation, artifacts) : operation;
  const plain: { readonly [name: string]: Json } = JSON.parse(JSON.stringify(written));
  const item = { ...plain, ...keys.operation(lease.application), v: 1, fence: lease.fence };
  await writeFenced(lease, (condition) => table.put(item, condition));
};

/** Of an Application that is forgotten: nothing is left but the fence, which keeps its earlier holders from writing. Throws LeaseLost. */
export const forgetOperation = async (table: Table, lease: Fence): Promise<void> => {
  const item = { ...keys.operation(lease.application), v: 1, fence: lease.fence, forgotten: true };
  await writeFenced(lease, (condition) => table.put(item, condition));
};

const withStored = async ({ objects, stored, ...operation }: Operation, artifacts: Artifacts): Promise<Operation> => {
  const results = [...(stored?.results ?? []), await storeResults(artifacts, objects)];
  return { ...operation, objects: [], stored: { results, objects: eventObjects([...(stored?.objects ?? []), ...objects]) } };
};

export const keyOfHook = ({ key }: HookRecord) => parseKey(key);
