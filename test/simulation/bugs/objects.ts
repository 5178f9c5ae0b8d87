import type { Bug } from "../bug.ts";
import { unbound, withClusters, withUpdates } from "./changed-calls.ts";

/** Everything by which the wrong objects are written or deleted. */
export const objectBugs: readonly Bug[] = [
  {
    name: "an apply is bound to no version",
    shownBy: "F-09",
    ports: (ports) => withClusters(ports, (cluster) => ({ apply: (manifest, how) => cluster.apply(unbound(manifest), how) })),
  },
  {
    name: "a prune is bound to no version",
    shownBy: "F-09",
    ports: (ports) =>
      withClusters(ports, (cluster) => ({
        delete: async (at, how) => {
          // Whatever stands there by then goes.
          const answer = await cluster.delete(at, how);
          if (answer.state !== "conflict") return answer;
          const live = await cluster.get(at);
          if (live.state !== "found") return { state: "absent" };
          return cluster.delete(at, { uid: live.object.metadata.uid ?? "", propagation: how.propagation });
        },
      })),
  },
  {
    name: "the inventory is written after the objects",
    shownBy: "F-09",
    table: (table, { invocation }) =>
      invocation.fn === "sync"
        ? {
            ...table,
            update: async (key, change, condition) => {
              const rows = key.sk === "inventory" ? change.set?.rows : undefined;
              const isPlanned = Array.isArray(rows) && rows.some((row) => Array.isArray(row) && row[2] === "");
              return isPlanned ? { written: true, item: { ...key, v: 1 } } : table.update(key, change, condition);
            },
          }
        : table,
  },
  {
    name: "objects of others are taken",
    ports: (ports, { invocation, application }) =>
      invocation.fn === "sync"
        ? withClusters(ports, (cluster) => ({
            get: async (at) => {
              const live = await cluster.get(at);
              const tracker = live.state === "found" ? live.object.metadata.annotations?.["argocd.argoproj.io/tracking-id"] : undefined;
              if (live.state !== "found" || tracker === undefined || tracker.startsWith(`${application}:`)) return live;
              const { annotations: _, ...metadata } = live.object.metadata;
              return { state: "found", object: { ...live.object, metadata: { ...metadata, name: live.object.metadata.name } } };
            },
          }))
        : ports,
  },
  {
    name: "the inventory forgets what it owned before",
    table: (table) =>
      withUpdates(table, ({ key, change, condition }) => {
        const rows = key.sk === "inventory" ? change.set?.rows : undefined;
        if (!Array.isArray(rows) || rows.length < 2) return { key, change, condition };
        return { key, change: { ...change, set: { ...change.set, rows: rows.slice(1) } }, condition };
      }),
  },
];
