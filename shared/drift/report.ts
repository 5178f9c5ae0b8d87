import { differencesBetween } from "../diff/field-changes.ts";
import { fieldManager } from "../diff/field-manager.ts";
import { ignoredIn } from "../diff/ignore-rules.ts";
import { predictApply } from "../diff/prediction.ts";
import { tracked } from "../diff/tracking.ts";
import type { Application } from "../model/application.ts";
import { maxEventObjects } from "../model/event.ts";
import { Failure } from "../model/failure.ts";
import type { InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ObjectResult } from "../model/operation.ts";
import { readRenderOutput } from "../model/render-output.ts";
import { describeKey, formatKey, keyOf } from "../model/resource-key.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { Condition } from "../ports/table.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { writeEvent } from "../state/events.ts";
import { keys } from "../state/items.ts";
import { nextEvent } from "../state/next-event.ts";
import { smallReason } from "../state/small.ts";
import type { Judgement } from "./judge.ts";
import type { DriftWorld } from "./ports.ts";

/** Objects looked at more closely: an event names no more, and each costs a dry run. */
const mostNamed = maxEventObjects;

/** Self-heal is off: says once which fields of which object moved, from what to what, and who did it as far as the cluster knows. */
export const reportDrift = async (
  application: Application,
  state: ApplicationState,
  judgement: Judgement,
  cluster: Cluster,
  world: DriftWorld,
): Promise<void> => {
  const results = await nameDrift(application, state, judgement, cluster, world);
  // An entry of managedFields moved, and every value stands.
  if (results.length === 0 && state.drifted) return reportRestored(application.name, state, world);
  if (results.length === 0 || state.drifted) return;
  const reason = results[0]?.message ?? `${results.length} objects drifted`;
  const event = nextEvent(application, state, { kind: "drift-found", reason, results, trigger: "schedule", now: world.clock.now() });
  await writeEvent(world.table, event, state.fence);
  const answer = await world.table.update(
    keys.state(application.name),
    { set: { syncStatus: "OutOfSync", drifted: true, reason: smallReason(reason), events: state.events + 1 } },
    unmoved(state),
  );
  if (!answer.written) return;
  await world.notices.send([{ body: { v: 1, application: application.name, event: event.id } }]);
  world.journal.tell("drift-found", { application: application.name, cluster: state.cluster, reason });
};

/** What was told to have drifted stands as it was again: somebody put it back. */
export const reportRestored = async (name: string, state: ApplicationState, world: DriftWorld): Promise<void> => {
  const answer = await world.table.update(
    keys.state(name),
    { set: { syncStatus: state.input === state.syncedInput ? "Synced" : "OutOfSync" }, remove: ["drifted", "reason"] },
    unmoved(state),
  );
  if (answer.written) world.journal.tell("drift-gone", { application: name, cluster: state.cluster });
};

/** Nobody wished for anything, or is at work, since the state was read. */
const unmoved = ({ fence, desiredGeneration, drifted }: ApplicationState): Condition => ({
  fence: { equals: fence },
  owner: { absent: true },
  desiredGeneration: { equals: desiredGeneration },
  drifted: drifted ? { equals: true } : { absent: true },
});

/** One server-side dry run for each object that moved decides: an entry that changed while every value stands is no drift. */
const nameDrift = async (
  application: Application,
  state: ApplicationState,
  judgement: Judgement,
  cluster: Cluster,
  world: DriftWorld,
): Promise<readonly ObjectResult[]> => {
  const missing = judgement.missing.map((entry) => gone(entry));
  if (judgement.moved.length === 0) return missing;
  const applied = await appliedManifests(state, world);
  const looked = judgement.moved.slice(0, mostNamed);
  const moved = await Promise.all(looked.map(({ entry, live }) => nameFields(application, entry, live, applied, cluster)));
  return [...missing, ...moved.flat()];
};

const gone = ({ key }: InventoryEntry): ObjectResult => ({
  key,
  action: "unknown",
  code: "Synced",
  message: `${describeKey(key)} was deleted`,
});

const nameFields = async (
  application: Application,
  entry: InventoryEntry,
  found: Manifest,
  applied: ReadonlyMap<string, Manifest>,
  cluster: Cluster,
): Promise<readonly ObjectResult[]> => {
  const { namespace } = entry.key;
  const manifest = applied.get(formatKey(entry.key)) ?? applied.get(formatKey({ ...entry.key, namespace: "" }));
  if (!manifest) return [];
  const placed = namespace === "" ? manifest : { ...manifest, metadata: { ...manifest.metadata, namespace } };
  const prediction = await predictApply(cluster, tracked(placed, application.name), found);
  if (prediction.state !== "predicted") return [];
  const { predicted, live } = prediction;
  const fields = differencesBetween(predicted, live, { fieldManager, ignored: ignoredIn(application.ignoreDifferences)(live) });
  if (fields.length === 0) return [];
  const first = fields[0];
  const who = first?.manager === undefined ? "" : ` by ${first.manager}`;
  return [
    {
      key: entry.key,
      action: "unknown",
      code: "Synced",
      message: `${describeKey(entry.key)}: ${first?.path} is ${first?.live ?? "gone"} instead of ${first?.desired ?? "absent"}${who}`,
      fields,
    },
  ];
};

/** The manifests of the last operation, by the keys they were rendered with: a default namespace was filled in when they were applied. */
const appliedManifests = async (state: ApplicationState, world: DriftWorld): Promise<ReadonlyMap<string, Manifest>> => {
  const bytes = await world.artifacts.get(`manifests/${state.syncedOutput}`);
  if (!bytes) throw new Failure("ArtifactMissing", `${state.syncedOutput}`, `manifests/${state.syncedOutput} is not in the artifact store`);
  const { manifests } = readRenderOutput(bytes);
  return new Map(manifests.map((manifest) => [formatKey(keyOf(manifest)), manifest]));
};
