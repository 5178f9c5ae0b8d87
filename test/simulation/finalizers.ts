import type { Manifest } from "../../shared/model/manifest.ts";
import type { FakeCluster } from "../fakes/fake-cluster.ts";
import type { TimedFault } from "./faults.ts";
import { startOfTime, type Timeline } from "./timeline.ts";

const finalizer = "controllers.example.com/hold";

export interface FinalizersWorld {
  readonly timeline: Timeline;
  readonly faults: readonly TimedFault[];
  readonly inForce: () => boolean;
}

/** A controller that wants to tidy up after each object before it goes; `changed` hears of every change in its cluster. */
export const finalizersOf = (cluster: () => FakeCluster, { timeline, faults, inForce }: FinalizersWorld) => {
  const change = ({ apiVersion, kind, metadata: { name, namespace = "" } }: Manifest, finalizers: readonly string[]): void =>
    cluster().edit({ apiVersion, kind, namespace, name }, "some-controller", (live) => ({
      ...live,
      metadata: { ...live.metadata, finalizers },
    }));
  const isOurs = ({ kind, metadata }: Manifest): boolean => kind !== "Namespace" && metadata.namespace !== undefined;
  const has = ({ metadata: { finalizers = [] } }: Manifest): boolean => finalizers.includes(finalizer);
  const all = (): readonly Manifest[] => cluster().objects().filter(isOurs);
  for (const { from, lasts } of faults.filter(({ kind }) => kind === "finalizers")) {
    timeline.at(startOfTime + from, () => {
      for (const object of all()) if (!has(object)) change(object, [finalizer]);
    });
    timeline.at(startOfTime + from + lasts, () => {
      for (const object of all()) if (has(object)) change(object, []);
    });
  }
  return {
    changed: (after: Manifest | undefined, before: Manifest | undefined): void => {
      if (after === undefined || before !== undefined || !inForce() || !isOurs(after)) return;
      // Taken on by its controller a moment later; by then it may have gone.
      timeline.after(50, () => {
        const stands = cluster()
          .objects()
          .find(({ metadata }) => metadata.uid === after.metadata.uid);
        if (stands && inForce() && !has(stands)) change(stands, [finalizer]);
      });
    },
  };
};
