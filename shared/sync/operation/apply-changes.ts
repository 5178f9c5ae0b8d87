import { Failure } from "../../model/failure.ts";
import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { describeKey } from "../../model/resource-key.ts";
import { sideBySide } from "../../model/side-by-side.ts";
import type { Cluster } from "../../ports/cluster.ts";
import type { Lease } from "../../state/leases.ts";
import { type Applied, type ApplyContext, applyChange } from "../apply.ts";
import { addressOf } from "../observe.ts";
import type { StepTime } from "../step-time.ts";
import type { Applicable } from "./groups.ts";

/** A new CRD is served some 100 ms after it was applied; beyond this the operation is tried again later. */
const crdWait = { every: 100, attempts: 100 } as const;

/** Discovery follows a CRD that was there before within a second. */
const versionWait = { every: 100, attempts: 20 } as const;

/** More than the cluster's connection takes at once, so that it never waits for us. */
const width = 64;

export interface ChangesApplied {
  readonly applied: readonly Applied[];
  /** What ended the step before its time, such as a cluster that went away; what was applied before stands. */
  readonly trouble?: Failure;
  /** The step's time was up: the rest was not begun. */
  readonly isCut?: boolean;
}

/** What bounds the work of a step. */
export interface Bounds {
  readonly lease: Lease;
  readonly time: StepTime;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/**
 * Applies the changes of one group: kinds follow each other, objects of one kind go side by side (the cluster's connection bounds how many).
 * Throws LeaseLost.
 */
export const applyChanges = async (
  changes: readonly Applicable[],
  context: ApplyContext,
  { lease, time, pause }: Bounds,
): Promise<ChangesApplied> => {
  const done: Applied[] = [];
  try {
    for (const kind of Map.groupBy(changes, ({ object }) => `${object.key.group}/${object.key.kind}`).values()) {
      const before = done.length;
      const work = async (change: Applicable) => {
        await lease.keep();
        const one = await applyChange(change, context);
        done.push(one);
        return one;
      };
      const applied = await sideBySide(kind, width, work, time.mayBegin);
      done.splice(before, applied.length, ...applied);
      await established(applied, context.cluster, lease, pause);
      if (applied.length < kind.length) return { applied: done, isCut: true };
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "LeaseLost") throw error;
    return { applied: done, trouble: error };
  }
  return { applied: done };
};

/** Waits until the API server serves what CRDs just declared, new versions of earlier ones among it, and looks at its APIs anew. */
const established = async (
  applied: readonly Applied[],
  cluster: Cluster,
  lease: Lease,
  pause: (milliseconds: number) => Promise<void>,
): Promise<void> => {
  const crds = applied.filter(
    ({ result, live }) =>
      result.key.kind === "CustomResourceDefinition" && result.action !== "unchanged" && result.code === "Synced" && live,
  );
  if (crds.length === 0) return;
  for (const { result } of crds) {
    const at = addressOf(result.key, "apiextensions.k8s.io/v1");
    for (let attempt = 0; ; attempt++) {
      const live = await cluster.get(at);
      if (live.state === "found" && isEstablished(live.object)) break;
      if (attempt === crdWait.attempts) {
        throw new Failure(
          "ClusterBusy",
          result.key.name,
          `${describeKey(result.key)} was applied but the API server does not serve it yet`,
        );
      }
      await lease.keep();
      await pause(crdWait.every);
    }
  }
  const declared = crds.flatMap(({ live }) => (live ? versionsOf(live) : []));
  for (let attempt = 0; ; attempt++) {
    const { kinds } = await cluster.discover({ fresh: true });
    const served = new Set(kinds.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`));
    // Whatever needs one that is still not served says so.
    if (declared.every((version) => served.has(version)) || attempt === versionWait.attempts) return;
    await lease.keep();
    await pause(versionWait.every);
  }
};

const versionsOf = ({ spec }: Manifest): readonly string[] => {
  if (!isJsonObject(spec) || !isJsonObject(spec.names) || !Array.isArray(spec.versions)) return [];
  const { group, names, versions } = spec;
  return versions.flatMap((version) =>
    isJsonObject(version) && version.served === true ? [`${group}/${version.name}/${names.kind}`] : [],
  );
};

const isEstablished = (crd: Manifest): boolean => {
  const status = crd.status;
  if (typeof status !== "object" || status === null || !("conditions" in status) || !Array.isArray(status.conditions)) return false;
  return status.conditions.some((condition) => condition?.type === "Established" && condition.status === "True");
};
