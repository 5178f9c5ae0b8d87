import { assertNever } from "../model/failure.ts";
import type { InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldChange, ObjectResult } from "../model/operation.ts";
import { describeKey } from "../model/resource-key.ts";
import type { ApplyAnswer } from "../ports/cluster.ts";
import { cleanObject, type ForeignPolicy, recognisedAs, sinceOf } from "./foreign.ts";
import { addressOf } from "./observe.ts";
import type { PlannedChange } from "./plan.ts";
import { type WriteAccess, writeObject } from "./write-object.ts";

/** How one planned change of an object ended, and what the inventory now knows of it. */
export interface Applied {
  readonly result: ObjectResult;
  readonly entry?: InventoryEntry;
  readonly live?: Manifest;
}

export interface ApplyContext extends WriteAccess {
  readonly application: string;
  readonly fingerprint: (object: Manifest) => string;
  /** Digest of what is ignored in an object; undefined for the usual rules. */
  readonly rulesFor: (object: Manifest) => string | undefined;
  readonly differences: (desired: Manifest, live: Manifest) => readonly FieldChange[];
  /** Sentences on ignore rules that do not fit an object, so that nothing of it is ignored by them. */
  readonly unfit: (live: Manifest) => readonly string[];
  /** The Application, other than this one, that a live object belongs to; undefined where it is free. */
  readonly ownerOf: (live: Manifest) => string | undefined;
  readonly foreign: ForeignPolicy;
}

type Applicable = Exclude<PlannedChange, { kind: "keep" | "prune" }>;

/** Controllers write status all the time; after this many lost races the object fails and the operation is tried again later. */
const conflictsBorne = 5;

export const applyChange = async (change: Applicable, context: ApplyContext): Promise<Applied> => {
  switch (change.kind) {
    case "unchanged":
      return standing(change, context);
    case "create":
      return applyObject(change, undefined, context);
    case "configure":
      return applyObject(change, change.live, context);
    default:
      return assertNever(change);
  }
};

/** Nothing to do: as it was looked at. */
export const standing = (change: Extract<Applicable, { kind: "unchanged" }>, context: ApplyContext): Applied => ({
  result: { key: change.object.key, action: "unchanged", code: "Synced" },
  entry: entryOf(change.object, change.live, sinceOf(change.object.key, change.live, context.foreign), context),
  live: change.live,
});

const applyObject = async (
  change: Extract<Applicable, { kind: "create" | "configure" }>,
  before: Manifest | undefined,
  context: ApplyContext,
): Promise<Applied> => {
  const { object } = change;
  let seen = before;
  for (let conflicts = 0; conflicts < conflictsBorne; conflicts++) {
    const answer = await writeObject(object, seen, context);
    if (answer.state === "applied") return applied(change, seen, answer, context);
    if (answer.state === "refused") return refused(change, answer);
    const again = await context.cluster.get(addressOf(object.key, object.manifest.apiVersion));
    if (again.state === "forbidden") return refused(change, { state: "refused", reason: "Forbidden", message: again.reason, fields: [] });
    seen = again.state === "found" ? again.object : undefined;
    const owner = seen && context.ownerOf(seen);
    if (owner !== undefined) return takenBy(change, owner);
  }
  // No outage: the tries of an operation are counted.
  const message = `was changed by somebody else ${conflictsBorne} times while it was applied`;
  return refused(change, { state: "refused", reason: "Conflict", message, fields: [] });
};

const applied = async (
  change: Extract<Applicable, { kind: "create" | "configure" }>,
  before: Manifest | undefined,
  answer: Extract<ApplyAnswer, { state: "applied" }>,
  context: ApplyContext,
): Promise<Applied> => {
  const { object } = change;
  const { live, since, fields: removed, problem } = await cleanObject(object.key, answer, context.cluster, context.foreign);
  const same = before !== undefined && before.metadata.resourceVersion === live.metadata.resourceVersion;
  const action = answer.created ? "created" : same ? "unchanged" : "configured";
  const compared = change.kind === "configure" && before !== undefined && !same;
  const fields = [...(compared ? context.differences(answer.object, before) : []), ...removed];
  const said = problem === undefined ? {} : { message: `${describeKey(object.key)}: ${problem}` };
  return {
    result: { key: object.key, action, code: problem ? "SyncFailed" : "Synced", ...(fields.length > 0 && { fields }), ...said },
    entry: entryOf(object, live, since, context),
    live,
  };
};

const entryOf = (object: Applicable["object"], live: Manifest, since: string | undefined, context: ApplyContext): InventoryEntry => {
  const { object: recognised, resourceVersion } = recognisedAs(live, since, context.foreign);
  const rules = context.rulesFor(live);
  return {
    key: object.key,
    apiVersion: object.manifest.apiVersion,
    ...(live.metadata.uid !== undefined && { uid: live.metadata.uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    fingerprint: context.fingerprint(recognised),
    // What is being deleted takes an apply, and goes all the same: then it is to be created.
    ...(live.metadata.deletionTimestamp === undefined && { desired: object.digest }),
    ...(since !== undefined && { since }),
    ...(rules !== undefined && { rules }),
  };
};

const refused = (change: Applicable, answer: Extract<ApplyAnswer, { state: "refused" }>): Applied => ({
  result: {
    key: change.object.key,
    action: "unknown",
    code: "SyncFailed",
    message: `${describeKey(change.object.key)}: ${answer.message}${hintFor(change, answer)}`,
  },
});

/** What to do about the two refusals that everyone meets first. */
const hintFor = ({ object }: Applicable, { reason, message }: Extract<ApplyAnswer, { state: "refused" }>): string => {
  if (reason !== "NotFound") return "";
  const { namespace } = object.key;
  if (namespace !== "" && message.includes(`namespaces "${namespace}" not found`))
    return `; create the Namespace, or set CreateNamespace=true in spec.syncPolicy.syncOptions`;
  return message.startsWith("the cluster serves no ") ? "; install its CRD, or correct apiVersion and kind" : "";
};

const takenBy = (change: Applicable, tracker: string): Applied => ({
  result: {
    key: change.object.key,
    action: "skipped",
    code: "SyncFailed",
    message: `${describeKey(change.object.key)} belongs to Application ${tracker}; it was left alone`,
  },
});
