import { formatKey, groupOf, keyOf } from "../../../shared/model/resource-key.ts";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import type { Context } from "../observation.ts";

/** The same cluster, and what was not there when it was looked for. */
export const notingAbsent = (cluster: Cluster, name: string, { absent }: Context): Cluster => {
  const lists = new Map<string, ReadonlySet<string>>();
  return {
    ...cluster,
    get: async (at) => {
      const live = await cluster.get(at);
      const where = `${name} ${formatKey({ ...at, group: groupOf(at.apiVersion) })}`;
      if (live.state === "absent") absent.add(where);
      else absent.delete(where);
      return live;
    },
    list: async (query) => {
      const answer = await cluster.list(query);
      const { apiVersion, kind, namespace = "" } = query;
      const group = groupOf(apiVersion);
      if (answer.state === "listed")
        lists.set(
          `${apiVersion} ${kind} ${namespace}`,
          new Set(answer.objects.map((object) => formatKey({ ...keyOf(object), group, kind }))),
        );
      return answer;
    },
    // Many of one kind are listed: what is sent as a create was not among them.
    apply: (manifest, how) => {
      const { namespace = "", resourceVersion } = manifest.metadata;
      const listed = lists.get(`${manifest.apiVersion} ${manifest.kind} ${namespace}`);
      const key = formatKey(keyOf(manifest));
      if (resourceVersion === undefined && listed?.has(key) === false) absent.add(`${name} ${key}`);
      return cluster.apply(manifest, how);
    },
  };
};
