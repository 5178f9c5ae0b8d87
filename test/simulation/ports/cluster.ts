import { describeKey, keyOf } from "../../../shared/model/resource-key.ts";
import type { Cluster, ObjectAddress } from "../../../shared/ports/cluster.ts";
import type { Call } from "../gate.ts";
import type { Context, Observer } from "../observation.ts";

/** A cluster as one invocation calls it; `name` begins every subject, so that a fault can mean one cluster. */
export const gatedCluster = (cluster: Cluster, name: string, call: Call): Cluster => {
  const at = (address: ObjectAddress): string => `${name} ${describeKey({ ...address, group: "" })}`;
  return {
    discover: (options) => call("cluster", "discover", name, () => cluster.discover(options)),
    get: (address) => call("cluster", "get", at(address), () => cluster.get(address)),
    list: (query) => call("cluster", "list", `${name} ${query.kind}`, () => cluster.list(query)),
    apply: (manifest, how) =>
      call("cluster", how.dryRun ? "dry-run" : "apply", `${name} ${describeKey(keyOf(manifest))}`, () => cluster.apply(manifest, how)),
    create: (manifest, how) =>
      call("cluster", how.dryRun ? "dry-run" : "create", `${name} ${describeKey(keyOf(manifest))}`, () => cluster.create(manifest, how)),
    replace: (manifest, how) =>
      call("cluster", how.dryRun ? "dry-run" : "replace", `${name} ${describeKey(keyOf(manifest))}`, () => cluster.replace(manifest, how)),
    patch: (address, patch, how) => call("cluster", "patch", at(address), () => cluster.patch(address, patch, how)),
    delete: (address, how) => call("cluster", "delete", at(address), () => cluster.delete(address, how)),
    watch: (query, stop) => cluster.watch(query, stop),
    close: async () => undefined,
  };
};

/** The same calls of a cluster; observers see each of them begin, and its answer come. */
export const countedCall =
  (call: Call, name: string, observers: readonly Observer[], context: Context): Call =>
  async (port, operation, subject, effect) => {
    const tell = (by: 1 | -1): void => {
      for (const each of observers) each.requested?.(name, operation, by, context);
    };
    tell(1);
    try {
      return await call(port, operation, subject, effect);
    } finally {
      tell(-1);
    }
  };
