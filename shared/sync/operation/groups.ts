import { type HookPhase, hookPhases } from "../../model/hook.ts";
import { isJsonObject } from "../../model/json.ts";
import { formatKey, groupOf } from "../../model/resource-key.ts";
import { byKindAndName, liveWaveOf } from "../order.ts";
import type { Plan, PlannedChange } from "../plan.ts";
import type { HookTask } from "./hooks.ts";

export type Applicable = Extract<PlannedChange, { kind: "create" | "configure" | "unchanged" }>;
export type Prune = Extract<PlannedChange, { kind: "prune" }>;

/** Where an operation can stand: the phases in their order, waves within a phase. */
export interface Place {
  readonly phase: HookPhase;
  readonly wave: number;
}

/** What happens in one step: prunes first, then hooks and objects. The gate behind it opens when all of it is done and healthy. */
export interface Group extends Place {
  readonly prune: readonly Prune[];
  readonly hooks: readonly HookTask[];
  /** In the order of application: Namespaces, CRDs, then Argo CD's kind order. */
  readonly changes: readonly Applicable[];
}

/** Whether acting on it would change anything. */
export const hasWork = ({ prune, hooks, changes }: Group): boolean =>
  prune.length > 0 || hooks.length > 0 || changes.some(({ kind }) => kind !== "unchanged");

/**
 * Of one that a step had no time to come to the end of: what was done needs nothing more, and is not told twice. What was `applied` may differ all the
 * same, such as by what people added: no apply takes that away, however often it is made.
 */
export const restOf = (group: Group, applied: ReadonlySet<string>): Group => ({
  ...group,
  prune: group.prune.filter(({ live }) => live.metadata.deletionTimestamp === undefined),
  changes: group.changes.filter(({ kind, object }) => kind === "create" || (kind === "configure" && !applied.has(formatKey(object.key)))),
});

export const byPlace = (a: Place, b: Place): number =>
  hookPhases.indexOf(a.phase) - hookPhases.indexOf(b.phase) || (a.wave < b.wave ? -1 : Number(a.wave > b.wave));

export interface GroupsInput {
  readonly plan: Plan;
  readonly hooks: readonly HookTask[];
  /** Objects to be pruned one wave after everything else. */
  readonly pruneLast: (change: Prune) => boolean;
  /** Waves of all that the operation prunes, as it saw them when it began: what is left later goes where it was to go. */
  readonly pruneWaves?: readonly number[] | undefined;
}

export const pruneWavesOf = ({ prune }: Plan): readonly number[] =>
  [...new Set(prune.map(({ live }) => liveWaveOf(live)))].toSorted((a, b) => a - b);

/** Plan and hooks, as the steps of an operation, in order. */
export const groupsOf = ({ plan, hooks, pruneLast, pruneWaves = pruneWavesOf(plan) }: GroupsInput): readonly Group[] => {
  const changes = plan.waves.flatMap(({ wave, changes: members }) => members.filter(isApplicable).map((change) => ({ wave, change })));
  const placed = [
    ...hooks.map((hook) => ({ place: { phase: hook.phase, wave: hook.wave }, hook })),
    ...changes.map(({ wave, change }) => ({ place: firstNeed(change, wave, changes, hooks), change })),
    ...prunePlaces(plan.prune, pruneWaves, lastWave(changes, hooks), pruneLast).map(({ wave, prune }) => ({ place: inSync(wave), prune })),
  ];
  const members = Map.groupBy(placed, ({ place }) => `${place.phase} ${place.wave}`);
  return [...members.values()]
    .map((group) => ({
      ...(group[0]?.place ?? inSync(0)),
      prune: group.flatMap((each) => ("prune" in each ? [each.prune] : [])).toSorted((a, b) => byKindAndName(b.entry.key, a.entry.key)),
      hooks: group.flatMap((each) => ("hook" in each ? [each.hook] : [])).toSorted((a, b) => byKindAndName(a.key, b.key)),
      changes: group
        .flatMap((each) => ("change" in each ? [each.change] : []))
        .toSorted((a, b) => byKindAndName(a.object.key, b.object.key)),
    }))
    .toSorted(byPlace);
};

const isApplicable = (change: PlannedChange): change is Applicable => change.kind !== "keep" && change.kind !== "prune";

const inSync = (wave: number): Place => ({ phase: "Sync", wave });

interface WavedChange {
  readonly wave: number;
  readonly change: Applicable;
}

/** Namespaces and CRDs move up to the first hook or object that needs them (gitops-engine, sync_tasks.go, adjustDeps). */
const firstNeed = ({ object }: Applicable, wave: number, changes: readonly WavedChange[], hooks: readonly HookTask[]): Place => {
  const needs = needOf(object.manifest);
  if (!needs) return inSync(wave);
  const users = [
    ...hooks.filter(({ key, phase }) => needs(key) && phase !== "SyncFail"),
    ...changes.filter(({ change }) => needs(change.object.key)).map((user) => inSync(user.wave)),
  ];
  const first = [...users, inSync(wave)].toSorted(byPlace)[0] ?? inSync(wave);
  return { phase: first.phase, wave: first.wave };
};

type Key = HookTask["key"];

const needOf = (manifest: Applicable["object"]["manifest"]): ((key: Key) => boolean) | undefined => {
  if (manifest.kind === "Namespace" && manifest.apiVersion === "v1") return ({ namespace }) => namespace === manifest.metadata.name;
  if (manifest.kind !== "CustomResourceDefinition" || groupOf(manifest.apiVersion) !== "apiextensions.k8s.io") return undefined;
  const { spec } = manifest;
  const names = isJsonObject(spec) ? spec.names : undefined;
  return ({ group, kind }) => isJsonObject(spec) && isJsonObject(names) && spec.group === group && names.kind === kind;
};

const lastWave = (changes: readonly WavedChange[], hooks: readonly HookTask[]): number =>
  [...changes.map(({ wave }) => wave), ...hooks.filter(({ phase }) => phase === "Sync").map(({ wave }) => wave)].reduce(
    (last, wave) => Math.max(last, wave),
    0,
  );

/** Objects go in the reverse order of the waves they came in: the waves of what is pruned are swapped end for end. */
const prunePlaces = (prunes: readonly Prune[], waves: readonly number[], last: number, pruneLast: (change: Prune) => boolean) => {
  const swapped = new Map(waves.map((wave, index) => [wave, waves[waves.length - 1 - index] ?? wave]));
  const end = Math.max(last, waves.at(-1) ?? last) + 1;
  return prunes.map((prune) => ({ prune, wave: pruneLast(prune) ? end : (swapped.get(liveWaveOf(prune.live)) ?? 0) }));
};
