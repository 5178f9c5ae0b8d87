import type { Manifest } from "../../shared/model/manifest.ts";
import type { WatchEvent, WatchQuery } from "../../shared/ports/cluster.ts";

/** What a fake cluster tells to those that watch it. */
export interface WatchLog {
  /** The object as it is now, or was when it was deleted; `version` is the store's counter. */
  add(kind: "changed" | "deleted", object: Manifest, version: number): void;
  /** As a server does after some minutes: whoever comes with an older version must look at everything. */
  forget(version: number): void;
  follow(query: WatchQuery, now: () => number, stop: AbortSignal): AsyncGenerator<WatchEvent>;
}

export const watchLog = (): WatchLog => {
  const log: { readonly version: number; readonly event: Extract<WatchEvent, { object: Manifest }> }[] = [];
  let forgotten = 0;
  let wake = Promise.withResolvers<void>();

  async function* follow(query: WatchQuery, now: () => number, stop: AbortSignal): AsyncGenerator<WatchEvent> {
    let at = query.since === undefined ? now() : Number(query.since);
    if (query.since === undefined) yield { kind: "reached", resourceVersion: String(at) };
    const stopped = new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
    while (!stop.aborted) {
      if (at < forgotten) return yield { kind: "expired" };
      const waking = wake.promise;
      const next = log.find(({ version, event }) => version > at && isAbout(event.object, query));
      if (next) {
        at = next.version;
        yield next.event;
      } else await Promise.race([waking, stopped]);
    }
  }

  return {
    add: (kind, { apiVersion, kind: ofKind, metadata }, version) => {
      log.push({
        version,
        event: { kind, object: { apiVersion, kind: ofKind, metadata: { ...metadata, resourceVersion: String(version) } } },
      });
      wake.resolve();
      wake = Promise.withResolvers<void>();
    },
    forget: (version) => {
      forgotten = version;
    },
    follow,
  };
};

const isAbout = ({ apiVersion, kind, metadata }: Manifest, query: WatchQuery): boolean =>
  apiVersion === query.apiVersion && kind === query.kind && (query.namespace === undefined || query.namespace === metadata.namespace);
