import { trackedHook } from "../../diff/tracking.ts";
import { type HookDeletePolicy, type HookPhase, hookDeletePolicies, hookPhases } from "../../model/hook.ts";
import { annotationOf, listAnnotation, type Manifest } from "../../model/manifest.ts";
import { keyOf, type ResourceKey } from "../../model/resource-key.ts";
import { defaultTracking, type Tracking } from "../../model/tracking.ts";
import { waveOf } from "../order.ts";

/** One run of a hook in one phase: an object that is created anew, waited for, and deleted as its policies say. */
export interface HookTask {
  readonly key: ResourceKey;
  readonly manifest: Manifest;
  readonly phase: HookPhase;
  readonly wave: number;
  readonly policies: readonly HookDeletePolicy[];
}

/** What makes a run of hooks this operation's. */
export interface HookRun {
  readonly application: string;
  /** Stable over the steps of an operation, so that a step that is done again finds the hook it created. */
  readonly operation: string;
  readonly revision: string;
  /** ms since 1970 */
  readonly startedAt: number;
  /** How its objects are marked; the usual way without it. */
  readonly tracking?: Tracking;
}

const hookAnnotation = "argocd.argoproj.io/hook";
const helmHookAnnotation = "helm.sh/hook";
const operationAnnotation = "fairlead.dev/operation";
/** Argo CD's own: keeps a finished hook from being cleared away (by a TTL, say) before its end was seen. */
export const hookFinalizer = "argocd.argoproj.io/hook-finalizer";

/** What Argo CD makes of Helm's hooks. Those of rollback and test run in no phase. */
const helmPhases: Readonly<Record<string, HookPhase>> = {
  "pre-install": "PreSync",
  "pre-upgrade": "PreSync",
  "post-install": "PostSync",
  "post-upgrade": "PostSync",
  "pre-delete": "PreDelete",
  "post-delete": "PostDelete",
};

const helmPolicies: Readonly<Record<string, HookDeletePolicy>> = {
  "before-hook-creation": "BeforeHookCreation",
  "hook-succeeded": "HookSucceeded",
  "hook-failed": "HookFailed",
};

/** Helm's crd-install is an object like any other. Any other hook annotation, whatever it says, makes its object no part of what is synced. */
export const isHook = (manifest: Manifest): boolean =>
  listAnnotation(manifest, hookAnnotation).length > 0 ||
  listAnnotation(manifest, helmHookAnnotation).some((type) => type !== "crd-install");

/**
 * The phases of a hook, as Argo CD's code has it, per object: its own annotation where that names a type, else Helm's. None for `Skip`, for
 * what cannot be read, and for Helm's types that have no phase here: such an object is applied in no operation.
 */
export const phasesOf = (manifest: Manifest): readonly HookPhase[] => {
  const named = listAnnotation(manifest, hookAnnotation);
  if (named.includes("Skip")) return [];
  const own = hookPhases.filter((phase) => named.includes(phase));
  if (own.length > 0) return own;
  const helm = listAnnotation(manifest, helmHookAnnotation).flatMap((type) => helmPhases[type] ?? []);
  return hookPhases.filter((phase) => helm.includes(phase));
};

const policiesOf = (manifest: Manifest): readonly HookDeletePolicy[] => {
  const named = listAnnotation(manifest, "argocd.argoproj.io/hook-delete-policy");
  const own = hookDeletePolicies.filter((policy) => named.includes(policy));
  const helm = listAnnotation(manifest, "helm.sh/hook-delete-policy").flatMap((policy) => helmPolicies[policy] ?? []);
  const policies = own.length > 0 ? own : hookDeletePolicies.filter((policy) => helm.includes(policy));
  return policies.length > 0 ? policies : ["BeforeHookCreation"];
};

/** A task per hook and phase: named, tracked and marked as this operation's. */
export const hookTasks = (hooks: readonly Manifest[], run: HookRun): readonly HookTask[] =>
  hooks.flatMap((hook) =>
    phasesOf(hook).map((phase) => {
      const manifest = marked(hook, phase, run);
      return { key: keyOf(manifest), manifest, phase, wave: waveOf(hook), policies: policiesOf(hook) };
    }),
  );

const marked = (hook: Manifest, phase: HookPhase, run: HookRun): Manifest => {
  const { generateName, ...metadata } = hook.metadata;
  const name = metadata.name === "" ? generatedName(generateName ?? "", phase, run) : metadata.name;
  const named = trackedHook({ ...hook, metadata: { ...metadata, name } }, run.application, run.tracking ?? defaultTracking);
  return {
    ...named,
    metadata: {
      ...named.metadata,
      annotations: { ...named.metadata.annotations, [operationAnnotation]: `${run.operation}.${phase}` },
      finalizers: [...new Set([...(metadata.finalizers ?? []), hookFinalizer])],
    },
  };
};

/** As Argo CD names them: prefix, seven characters of the revision, the phase, when the operation began. */
const generatedName = (prefix: string, phase: HookPhase, { revision, startedAt }: HookRun): string =>
  `${prefix}${revision.slice(0, 7)}-${phase}-${Math.floor(startedAt / 1000)}`.toLowerCase();

/** Whether a live object is the one that this very operation created for this task. */
export const isRunOf = (live: Manifest, task: HookTask): boolean =>
  annotationOf(live, operationAnnotation) === annotationOf(task.manifest, operationAnnotation);
