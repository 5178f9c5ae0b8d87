import { Failure } from "../../../shared/model/failure.ts";
import type { Bug } from "../bug.ts";
import { withClusters, withItems } from "./changed-calls.ts";

/** Everything that is told too often, not at all, or to those who must not hear it. */
export const tellingBugs: readonly Bug[] = [
  {
    name: "a notice is sent before it is claimed",
    table: (table, { invocation }) =>
      invocation.fn === "notify" ? withItems(table, (item) => (item.sk.startsWith("notice#") ? undefined : item)) : table,
    ports: (ports, { invocation }) =>
      invocation.fn === "notify"
        ? {
            ...ports,
            table: {
              ...ports.table,
              update: (key, change, condition) => ports.table.update(key, change, key.sk.startsWith("notice#") ? {} : condition),
            },
          }
        : ports,
  },
  {
    name: "a transition is recorded before it is told",
    shownBy: "F-01",
    ports: (ports, { invocation }) =>
      invocation.fn === "sync"
        ? {
            ...ports,
            queue: (name) => {
              const queue = ports.queue(name);
              if (name !== "notices") return queue;
              return {
                send: async (messages) =>
                  void ports
                    .pause(400)
                    .then(() => queue.send(messages))
                    .catch(() => undefined),
              };
            },
          }
        : ports,
  },
  {
    name: "an error quotes the object, Secret values included",
    shownBy: "F-15",
    ports: (ports) =>
      withClusters(ports, (cluster) => ({
        apply: async (manifest, how) => {
          try {
            return await cluster.apply(manifest, how);
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            throw new Failure(error.code, error.subject, `${error.message} (${JSON.stringify(manifest.data ?? {})})`);
          }
        },
      })),
  },
];
