import { asDeclared } from "../diff/as-declared.ts";
import { includesMutationWebhook } from "../diff/compare-options.ts";
import { desiredForm } from "../diff/desired-form.ts";
import { differencesBetween } from "../diff/field-changes.ts";
import { fieldManager } from "../diff/field-manager.ts";
import { fingerprintOf } from "../diff/fingerprint.ts";
import { foreignFields } from "../diff/foreign-fields.ts";
import type { Ignored, Ignoring } from "../diff/ignored.ts";
import { predictApply } from "../diff/prediction.ts";
import { tracked, trackedAsBefore } from "../diff/tracking.ts";
import type { Application } from "../model/application.ts";
import { digestOfJson } from "../model/digest.ts";
import { Failure } from "../model/failure.ts";
import type { InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldChange, ObjectResult } from "../model/operation.ts";
import { readRenderOutput } from "../model/render-output.ts";
import { describeKey, formatKey, keyOf } from "../model/resource-key.ts";
import type { Tracking } from "../model/tracking.ts";
import { syncOptionsOf } from "../policy/sync-options.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { ApplicationState } from "../state/application-state.ts";
import type { Moved } from "./judge.ts";
import type { DriftWorld } from "./ports.ts";

/** What a closer look at an object that moved found. */
export type Named =
  | { readonly state: "drift"; readonly result: ObjectResult }
  /** An entry of managedFields moved, and every value stands: as it is now it need not be looked at again. */
  | { readonly state: "stands"; readonly before: InventoryEntry; readonly now: InventoryEntry }
  /** The object is gone, or changes as fast as we look. */
  | { readonly state: "unknown" };

export interface NamingContext {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly cluster: Cluster;
  /** Whether an autoscaler steers the object's replicas. */
  readonly steered: (object: Manifest) => boolean;
  /** What is left to others in each object. */
  readonly ignored: Ignoring;
  readonly tracking: Tracking;
}

/** One server-side dry run for each object that moved decides, and names the fields; where it is refused, the manifest does. */
export const nameDrift = async (moved: readonly Moved[], context: NamingContext, world: DriftWorld): Promise<readonly Named[]> => {
  if (moved.length === 0) return [];
  const [applied, key] = await Promise.all([appliedManifests(context.state, world), world.fingerprintKey()]);
  return Promise.all(moved.map((each) => nameOne(each, applied, key, context, world)));
};

export const gone = ({ key }: InventoryEntry): ObjectResult => ({
  key,
  action: "unknown",
  code: "Synced",
  message: `${describeKey(key)} was deleted`,
});

const nameOne = async (
  { entry, live: found }: Moved,
  applied: ReadonlyMap<string, Manifest>,
  key: string,
  { application, cluster, steered, ignored: ignoring, tracking }: NamingContext,
  { peoplesTools }: DriftWorld,
): Promise<Named> => {
  const { namespace } = entry.key;
  const manifest = applied.get(formatKey(entry.key)) ?? applied.get(formatKey({ ...entry.key, namespace: "" }));
  if (!manifest) return { state: "unknown" };
  const placed = namespace === "" ? manifest : { ...manifest, metadata: { ...manifest.metadata, namespace } };
  const wanted = asApplied(desiredForm(placed), found, entry, application, tracking);
  const prediction = await predictApply(cluster, wanted, found, syncOptionsOf(application, manifest).validate);
  if (prediction.state === "unsettled") return { state: "unknown" };
  // Such as beside an admission webhook that supports no dry runs: what Git says and what the list showed are known all the same.
  const isRefused = prediction.state === "refused";
  const { predicted, live } = isRefused ? { predicted: asDeclared(wanted, found), live: found } : prediction;
  const rules = ignoring(live);
  const ignored = steered(live) ? withoutReplicas(rules) : rules;
  const inBoth: Ignoring = (object) => (steered(live) ? withoutReplicas(ignoring(object)) : ignoring(object));
  // A field that somebody took over is ours in no entry that we have.
  const includeMutationWebhook = isRefused || includesMutationWebhook(application, manifest);
  const fields = [
    ...differencesBetween(predicted, live, { fieldManager, ignored: inBoth, includeMutationWebhook }),
    ...foreignFields(predicted, { fieldManager, tools: peoplesTools, since: entry.since, ignored }).fields,
  ];
  const [first] = fields;
  const doubt = isRefused ? `; by the manifest alone, since the server would not try it: ${prediction.message}` : "";
  if (first !== undefined)
    return {
      state: "drift",
      result: { key: entry.key, action: "unknown", code: "Synced", message: `${sentence(entry, first)}${doubt}`, fields },
    };
  const { uid, resourceVersion } = live.metadata;
  if (uid === undefined || resourceVersion === undefined) return { state: "unknown" };
  const fingerprint = fingerprintOf(live, { fieldManager, key, peoplesTools, ignored: rules });
  return { state: "stands", before: entry, now: { ...ruled(entry, ignoring.rulesFor?.(live)), uid, resourceVersion, fingerprint } };
};

/** Marked as it was when it was applied: that another tracking method is in force since then is the next sync's business, and no drift. */
const asApplied = (bare: Manifest, live: Manifest, { desired }: InventoryEntry, { name }: Application, tracking: Tracking): Manifest => {
  const now = tracked(bare, name, tracking);
  return desired === undefined || desired === digestOfJson(now) ? now : trackedAsBefore(bare, live, name);
};

/** An entry as it is to be judged by these rules. */
export const ruled = ({ rules: _, ...entry }: InventoryEntry, rules: string | undefined): InventoryEntry => ({
  ...entry,
  ...(rules !== undefined && { rules }),
});

const withoutReplicas = ({ pointers, ...rest }: Ignored): Ignored => ({ ...rest, pointers: [...pointers, "/spec/replicas"] });

const sentence = ({ key }: InventoryEntry, { path, live, desired, manager }: FieldChange): string =>
  `${describeKey(key)}: ${path} is ${live ?? "gone"} instead of ${desired ?? "absent"}${manager === undefined ? "" : ` by ${manager}`}`;

/** The manifests of the last operation, by the keys they were rendered with: a default namespace was filled in when they were applied. */
const appliedManifests = async (state: ApplicationState, world: DriftWorld): Promise<ReadonlyMap<string, Manifest>> => {
  const bytes = await world.artifacts.get(`manifests/${state.syncedOutput}`);
  if (!bytes) throw new Failure("ArtifactMissing", `${state.syncedOutput}`, `manifests/${state.syncedOutput} is not in the artifact store`);
  const { manifests } = readRenderOutput(bytes);
  return new Map(manifests.map((manifest) => [formatKey(keyOf(manifest)), manifest]));
};
