import { ignoresExtraneous } from "../diff/compare-options.ts";
import { fieldManager } from "../diff/field-manager.ts";
import { applyEntryOf } from "../diff/managed-fields.ts";
import { claimOf } from "../diff/tracking.ts";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import { describeKey, formatKey, groupOf, type ResourceKey } from "../model/resource-key.ts";
import { defaultTracking, type Tracking } from "../model/tracking.ts";
import type { SyncOptions } from "../policy/sync-options.ts";
import type { LiveObject, ObjectAddress } from "../ports/cluster.ts";
import type { DesiredObject } from "./desired.ts";
import { byKindAndName } from "./order.ts";

/** What a sync will do to one object. */
export type PlannedChange =
  | { readonly kind: "create"; readonly object: DesiredObject }
  /** `live` is what stood there; `drifted` when it moved although Git did not; `remarked` where all that differs is how it is tracked. */
  | {
      readonly kind: "configure";
      readonly object: DesiredObject;
      readonly live: Manifest;
      readonly drifted: boolean;
      readonly remarked?: true;
    }
  | { readonly kind: "unchanged"; readonly object: DesiredObject; readonly live: Manifest }
  /** `extraneous`: its `compare-options` ask that it does not count as a difference. */
  | { readonly kind: "keep"; readonly key: ResourceKey; readonly because: KeepReason; readonly detail: string; readonly extraneous?: true }
  | {
      readonly kind: "prune";
      readonly entry: InventoryEntry;
      readonly at: ObjectAddress;
      readonly live: Manifest;
      readonly uid: string;
      readonly resourceVersion: string;
    };

/**
 * `annotated`: the object or its Application asks that it stays; `extraneous`: until there is something else to sync; `unconfirmed`: that a person says yes first; `unseen`: we may not look at it, and
 * argocd-cm's `resource.respectRBAC` says that such things are not ours to do.
 */
export type KeepReason =
  | "annotated"
  | "extraneous"
  | "unconfirmed"
  | "prune is off"
  | "owned by another Application"
  | "forbidden"
  | "unseen";

export interface Wave {
  readonly wave: number;
  /** In the order of application: Namespaces, CRDs, then Argo CD's kind order. */
  readonly changes: readonly PlannedChange[];
}

/** Ordered changes not yet made: data that can be printed, stored and tested before anything is touched. */
export interface Plan {
  readonly waves: readonly Wave[];
  /** Objects to delete after the last wave, in reverse order of kinds. */
  readonly prune: readonly Extract<PlannedChange, { kind: "prune" }>[];
  /** Objects left alone, each with its reason. */
  readonly kept: readonly Extract<PlannedChange, { kind: "keep" }>[];
  /** Owned objects that are gone already: they leave the inventory. */
  readonly vanished: readonly ResourceKey[];
}

export interface PlanInput {
  readonly application: string;
  readonly desired: readonly DesiredObject[];
  readonly inventory: Inventory;
  /** Live objects by formatted key: every desired and every owned object has an entry. */
  readonly live: ReadonlyMap<string, LiveObject>;
  readonly prune: boolean;
  /** Why it is off for the moment. */
  readonly heldBy?: string;
  /** The Application goes: what is annotated against pruning goes with it, what is annotated against deletion stays. */
  readonly deleting?: boolean;
  /** How a live object is synced, and what keeps it. */
  readonly optionsOf: (live: Manifest) => SyncOptions;
  /** A person said yes to what `Prune=confirm` and `Delete=confirm` ask. */
  readonly confirmed: boolean;
  /** The Application, other than this one, that a live object belongs to; undefined where it is free. */
  readonly ownerOf: (live: Manifest) => string | undefined;
  /** Whether a live object still is what the inventory's fingerprint describes. */
  readonly matches: (live: Manifest, entry: InventoryEntry) => boolean;
  /** Whether all that differs is how it is tracked: it was applied while another method was in force. */
  readonly remarked?: (object: DesiredObject, live: Manifest, entry: InventoryEntry) => boolean;
  /** How objects say whose they are; the usual way without it. */
  readonly tracking?: Tracking;
  /** Objects that we may not look at and that are left alone without a failure. */
  readonly unseen?: (key: ResourceKey) => boolean;
}

/** Objects left alone that Git wants otherwise. */
export const differing = ({ kept }: Pick<Plan, "kept">): Plan["kept"] => kept.filter(({ extraneous }) => !extraneous);

/** What it deletes and is no reason to sync by itself: the Application is in sync with it. */
export const isExtraneous = ({ live }: Plan["prune"][number]): boolean => ignoresExtraneous(live);

/** Of what brings back only what is out of sync. As in Argo CD, the next sync of a commit that changes something else prunes the rest. */
export const withoutExtraneous = (plan: Plan): Plan => ({
  ...plan,
  prune: plan.prune.filter((change) => !isExtraneous(change)),
  kept: [
    ...plan.kept,
    ...plan.prune.filter(isExtraneous).map(({ entry: { key } }) => ({
      kind: "keep" as const,
      key,
      because: "extraneous" as const,
      detail: `${describeKey(key)} is no longer in Git; IgnoreExtraneous keeps it until something else is synced`,
      extraneous: true as const,
    })),
  ],
});

/** Left alone, and still ours to delete one day. */
export const isLeft = (because: KeepReason): boolean => because !== "forbidden" && because !== "owned by another Application";

/** Whether a change brings something that Git wants. */
export const isDifference = (change: PlannedChange): boolean =>
  change.kind !== "unchanged" && !(change.kind === "configure" && change.remarked);

export const planSync = (input: PlanInput): Plan => {
  const wanted = new Set(input.desired.map(({ key }) => formatKey(key)));
  const changes = input.desired.map((object) => ({ wave: object.wave, change: planObject(object, input) }));
  const owned = [...input.inventory.values()].filter(({ key }) => !wanted.has(formatKey(key)));
  const removals = owned.map((entry) => (entry.hook && !input.deleting ? standingHook(entry, input) : planRemoval(entry, input)));
  const kept = [...changes.map(({ change }) => change), ...removals].filter(
    (change) => change !== undefined && change !== "stays" && change.kind === "keep",
  );
  return {
    waves: wavesOf(changes.filter(({ change }) => change.kind !== "keep")),
    prune: removals
      .filter((change) => change !== undefined && change !== "stays" && change.kind === "prune")
      .toSorted((a, b) => byKindAndName(b.entry.key, a.entry.key)),
    kept,
    vanished: owned.filter((_, index) => removals[index] === undefined).map(({ key }) => key),
  };
};

const wavesOf = (changes: readonly { readonly wave: number; readonly change: PlannedChange }[]): readonly Wave[] => {
  const byWave = Map.groupBy(changes, ({ wave }) => wave);
  return [...byWave]
    .toSorted(([a], [b]) => a - b)
    .map(([wave, members]) => ({
      wave,
      changes: members.map(({ change }) => change).toSorted((a, b) => byKindAndName(keyOfChange(a), keyOfChange(b))),
    }));
};

export const keyOfChange = (change: PlannedChange): ResourceKey => {
  if (change.kind === "keep") return change.key;
  return change.kind === "prune" ? change.entry.key : change.object.key;
};

const planObject = (object: DesiredObject, input: PlanInput): PlannedChange => {
  const live = input.live.get(formatKey(object.key));
  if (live === undefined || live.state === "absent") return { kind: "create", object };
  if (live.state === "forbidden") return { kind: "keep", key: object.key, because: "forbidden", detail: live.reason };
  const owner = input.ownerOf(live.object);
  if (owner !== undefined) return ownedBy(object.key, owner);
  const entry = input.inventory.get(formatKey(object.key));
  const matches = entry !== undefined && input.matches(live.object, entry);
  if (matches && entry.desired === object.digest) return { kind: "unchanged", object, live: live.object };
  const drifted = entry?.fingerprint !== undefined && entry.desired === object.digest;
  const remarked = matches && input.remarked?.(object, live.object, entry);
  return { kind: "configure", object, live: live.object, drifted, ...(remarked && { remarked }) };
};

const ownedBy = (key: ResourceKey, tracker: string): PlannedChange => ({
  kind: "keep",
  key,
  because: "owned by another Application",
  detail: `${describeKey(key)} belongs to Application ${tracker}; it was left alone`,
});

const unseen = (key: ResourceKey) => ({
  kind: "keep" as const,
  key,
  because: "unseen" as const,
  detail: `${describeKey(key)} is no longer in Git; we may not look at it, and resource.respectRBAC leaves it alone`,
});

/** The object of a hook that ran: nobody prunes it. */
const standingHook = ({ key }: InventoryEntry, { live }: PlanInput): "stays" | undefined =>
  live.get(formatKey(key))?.state === "absent" ? undefined : "stays";

export type RemovalInput = Pick<
  PlanInput,
  "application" | "live" | "prune" | "heldBy" | "deleting" | "optionsOf" | "confirmed" | "ownerOf" | "tracking" | "unseen"
>;

/** undefined: nothing of ours is there any more. */
export const planRemoval = (entry: InventoryEntry, input: RemovalInput): Extract<PlannedChange, { kind: "prune" | "keep" }> | undefined => {
  const live = input.live.get(formatKey(entry.key));
  if (live === undefined || live.state === "absent") return undefined;
  if (live.state === "forbidden" && input.unseen?.(entry.key)) return { ...unseen(entry.key), extraneous: true };
  if (live.state === "forbidden") return { kind: "keep", key: entry.key, because: "forbidden", detail: live.reason };
  const { object } = live;
  const { uid, resourceVersion } = object.metadata;
  // Recreated by somebody, or handed over to another Application: not ours to delete, and no longer ours at all.
  if (!isOurs(object, entry, input) || uid === undefined || resourceVersion === undefined) return undefined;
  const because = reasonToKeep(object, entry.key, input);
  if (because) return { kind: "keep", key: entry.key, ...because, ...(ignoresExtraneous(object) && { extraneous: true }) };
  // The version it was read in: the one it was applied in may not be served any more.
  return { kind: "prune", entry, at: { ...entry.key, apiVersion: object.apiVersion }, live: object, uid, resourceVersion };
};

/** Ours by an id of its own; else the very object that we applied, or one that we made anew and that says so, as long as it is nobody else's. */
const isOurs = (object: Manifest, { uid }: InventoryEntry, { application, ownerOf, tracking = defaultTracking }: RemovalInput): boolean => {
  const { tracker, hints } = claimOf(object, tracking);
  if (tracker !== undefined) return tracker === application;
  const remade = hints.includes(application) && applyEntryOf(object, fieldManager) !== undefined;
  return (uid === object.metadata.uid || remade) && ownerOf(object) === undefined;
};

const reasonToKeep = (
  object: Manifest,
  key: ResourceKey,
  { prune, heldBy = "prune is off", deleting = false, optionsOf, confirmed }: RemovalInput,
): { readonly because: KeepReason; readonly detail: string } | undefined => {
  const what = describeKey(key);
  const options = optionsOf(object);
  const wish = deleting ? options.delete : options.prune;
  if (deleting && (wish === "never" || isCrd(object)))
    return { because: "annotated", detail: `${what} stays when its Application is deleted` };
  if (wish === "never") {
    const by = options.keptBy === undefined ? "Prune=false" : "helm.sh/resource-policy: keep";
    return { because: "annotated", detail: `${what} is no longer in Git; ${by} keeps it` };
  }
  if (!deleting && !prune) return { because: "prune is off", detail: `${what} is no longer in Git; ${heldBy}` };
  if (wish === "yes" || confirmed) return undefined;
  const asks = deleting ? `is to be deleted with its Application; Delete=confirm` : `is no longer in Git; Prune=confirm`;
  return { because: "unconfirmed", detail: `${what} ${asks} asks for a person's yes first` };
};

/** With a CRD go all objects of its kind, whoever owns them: it stays when an Application is deleted, as in Argo CD. */
const isCrd = ({ apiVersion, kind }: Manifest): boolean =>
  kind === "CustomResourceDefinition" && groupOf(apiVersion) === "apiextensions.k8s.io";
