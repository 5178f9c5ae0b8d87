import type { ClusterApis, ServedKind } from "../../ports/cluster.ts";
import { discoverApis, discoverVersion } from "./discovery.ts";
import type { Send } from "./requests.ts";

/** What the cluster serves, looked up when first needed: one small request per apiVersion, or everything at once where someone asks for it. */
export interface Kinds {
  all(fresh: boolean): Promise<ClusterApis>;
  /** Undefined when the cluster does not serve that kind now; asked anew each time, because a CRD may arrive at any moment. */
  find(apiVersion: string, kind: string): Promise<ServedKind | undefined>;
  /** After a 404 that is not about one object: the kind may have gone, or come back in another shape. */
  forget(apiVersion: string): void;
}

export const kindsOf = (cluster: string, send: Send): Kinds => {
  let apis: Promise<ClusterApis> | undefined;
  const known = new Map<string, Map<string, ServedKind>>();
  const asked = new Map<string, Promise<void>>();

  const learn = (kinds: readonly ServedKind[]): void => {
    for (const served of kinds) {
      const ofVersion = known.get(served.apiVersion) ?? new Map<string, ServedKind>();
      known.set(served.apiVersion, ofVersion.set(served.kind, served));
    }
  };

  const askFor = (apiVersion: string): Promise<void> => {
    const running = asked.get(apiVersion);
    if (running) return running;
    const asking = discoverVersion(cluster, send, apiVersion)
      .then((kinds) => learn(kinds ?? []))
      .finally(() => asked.delete(apiVersion));
    asked.set(apiVersion, asking);
    return asking;
  };

  return {
    all: (fresh) => {
      if (apis && !fresh) return apis;
      const asking = discoverApis(cluster, send).then((found) => {
        known.clear();
        learn(found.kinds);
        return found;
      });
      asking.catch(() => {
        if (apis === asking) apis = undefined;
      });
      apis = asking;
      return asking;
    },
    find: async (apiVersion, kind) => {
      const hit = known.get(apiVersion)?.get(kind);
      if (hit || !wellFormed.test(apiVersion)) return hit;
      await askFor(apiVersion);
      return known.get(apiVersion)?.get(kind);
    },
    forget: (apiVersion) => {
      known.delete(apiVersion);
    },
  };
};

/** It becomes part of a path. */
const wellFormed = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[a-z0-9]+$/;
