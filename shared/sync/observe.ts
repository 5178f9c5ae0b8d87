import type { Inventory } from "../model/inventory.ts";
import { formatKey, groupOf, keyOf, type ResourceKey } from "../model/resource-key.ts";
import type { Cluster, ClusterApis, LiveObject, ObjectAddress } from "../ports/cluster.ts";
import type { DesiredObject } from "./desired.ts";

/** From this many objects of one kind and namespace on, one LIST is cheaper for the API server than a GET each. */
const listFrom = 8;

/** What the cluster holds of everything desired or owned. Kinds that the server does not serve are absent. */
export const observe = async (
  cluster: Cluster,
  apis: ClusterApis,
  desired: readonly DesiredObject[],
  inventory: Inventory,
): Promise<ReadonlyMap<string, LiveObject>> => {
  const wanted = addressesOf(desired, inventory);
  const served = new Set(apis.kinds.map((kind) => `${kind.apiVersion}/${kind.kind}`));
  const live = new Map<string, LiveObject>();
  const groups = Map.groupBy(wanted, ({ at }) => `${at.apiVersion}/${at.kind}/${at.namespace}`);
  await Promise.all(
    [...groups.values()].map(async (members) => {
      const [first] = members;
      if (first === undefined) return;
      if (!served.has(`${first.at.apiVersion}/${first.at.kind}`)) {
        for (const { key } of members) live.set(key, { state: "absent" });
      } else if (members.length < listFrom) {
        await Promise.all(members.map(async ({ key, at }) => live.set(key, await cluster.get(at))));
      } else {
        await listInto(live, cluster, members, first.at);
      }
    }),
  );
  return live;
};

interface Wanted {
  readonly key: string;
  readonly at: ObjectAddress;
}

const addressesOf = (desired: readonly DesiredObject[], inventory: Inventory): readonly Wanted[] => {
  const wanted = new Map<string, ObjectAddress>();
  for (const { key, apiVersion } of inventory.values()) wanted.set(formatKey(key), addressOf(key, apiVersion));
  // What is desired now decides the version: an apiVersion bump reads the object in the new one.
  for (const { key, manifest } of desired) wanted.set(formatKey(key), addressOf(key, manifest.apiVersion));
  return [...wanted].map(([key, at]) => ({ key, at }));
};

export const addressOf = (key: ResourceKey, apiVersion: string): ObjectAddress => ({
  apiVersion,
  kind: key.kind,
  namespace: key.namespace,
  name: key.name,
});

const listInto = async (live: Map<string, LiveObject>, cluster: Cluster, members: readonly Wanted[], at: ObjectAddress): Promise<void> => {
  const { apiVersion, kind, namespace } = at;
  const answer = await cluster.list({ apiVersion, kind, ...(namespace === "" ? {} : { namespace }) });
  if (answer.state !== "listed") {
    for (const { key } of members) live.set(key, answer);
    return;
  }
  const found = new Map(answer.objects.map((object) => [formatKey({ ...keyOf(object), group: groupOf(apiVersion), kind }), object]));
  for (const { key } of members) {
    const object = found.get(key);
    live.set(key, object ? { state: "found", object } : { state: "absent" });
  }
};
