import { assertNever, Failure } from "../../model/failure.ts";
import { withoutHelmReleases } from "../../model/helm-releases.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Cluster, WatchEvent } from "../../ports/cluster.ts";
import { kindName, type WatchedKind } from "./owned-kinds.ts";

export interface Following {
  /** Asked for each watch anew: a connection that broke has been replaced. */
  readonly connect: () => Promise<Cluster>;
  readonly stop: AbortSignal;
  /** By `apiVersion/kind`: until where everything was told. Written here as it goes on. */
  readonly versions: Map<string, string>;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly onMoved: (object: Manifest, kind: "changed" | "deleted") => void;
  /** What moved until now is not known: everything has to be looked at. */
  readonly onLost: () => void;
  readonly onTrouble: (failure: Failure) => void;
}

const pauseAfterTrouble = 2_000;
/** Servers end a watch after minutes; one that ends them at once is not asked without a break. */
const pauseAfterEnd = 250;

/** Watches one kind until it is stopped, over the server's ends and broken connections. A kind that we may not watch is left to the scan. */
export const followKind = async (kind: WatchedKind, following: Following): Promise<void> => {
  const { connect, stop, versions, pause, onTrouble } = following;
  const name = kindName(kind);
  while (!stop.aborted) {
    try {
      const query = { ...kind, since: versions.get(name), ...withoutHelmReleases(kind.apiVersion, kind.kind) };
      for await (const event of (await connect()).watch(query, stop)) {
        if (!take(event, name, following)) return;
      }
      if (!stop.aborted) await pause(pauseAfterEnd);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      onTrouble(error);
      if (!stop.aborted) await pause(pauseAfterTrouble);
    }
  }
};

/** Whether to go on. */
const take = (event: WatchEvent, name: string, { versions, onMoved, onLost }: Following): boolean => {
  switch (event.kind) {
    case "changed":
    case "deleted":
      onMoved(event.object, event.kind);
      versions.set(name, event.object.metadata.resourceVersion ?? "");
      return true;
    case "reached":
      // Begun anew: what moved before has not been told.
      if (!versions.has(name)) onLost();
      versions.set(name, event.resourceVersion);
      return true;
    case "expired":
      versions.delete(name);
      return true;
    case "absent":
    case "forbidden":
      return false;
    default:
      return assertNever(event);
  }
};
