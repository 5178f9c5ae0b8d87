import { withoutHelmReleases } from "../model/helm-releases.ts";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import { formatKey, groupOf, keyOf, type ResourceKey } from "../model/resource-key.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { Cluster, ClusterApis, LiveObject, ObjectAddress } from "../ports/cluster.ts";
import type { DesiredObject } from "./desired.ts";

/** From this many objects of one kind and namespace on, one LIST is cheaper for the API server than a GET each. */
const listFrom = 8;
/** As many as the cluster's connection takes at once. */
const width = 64;

/**
 * What the cluster holds of everything desired or owned. Kinds that the server does not serve are absent; those of an aggregated API whose own
 * server does not answer are not: nobody knows what is there.
 */
export const observe = async (
  cluster: Cluster,
  apis: ClusterApis,
  desired: readonly DesiredObject[],
  inventory: Inventory,
): Promise<ReadonlyMap<string, LiveObject>> => {
  const served = new Set(apis.kinds.map((kind) => `${kind.apiVersion}/${kind.kind}`));
  const unknown = new Set(apis.unavailable);
  const wanted = addressesOf(desired, inventory, servedVersions(apis, served));
  const live = new Map<string, LiveObject>();
  const groups = Map.groupBy(wanted, ({ at }) => `${at.apiVersion}/${at.kind}/${at.namespace}`);
  await Promise.all(
    [...groups.values()].map(async (members) => {
      const [first] = members;
      if (first === undefined) return;
      if (unknown.has(first.at.apiVersion)) {
        for (const { key } of members) live.set(key, unanswered(first.at.apiVersion));
      } else if (!served.has(`${first.at.apiVersion}/${first.at.kind}`)) {
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

const unanswered = (apiVersion: string): LiveObject => ({
  state: "forbidden",
  reason: `the cluster serves ${apiVersion} by another API server, and that one does not answer; see kubectl get apiservices`,
});

/** An object outlives the version it was applied in: where the server has dropped that one, it is read in another of its group. */
const servedVersions = ({ kinds }: ClusterApis, served: ReadonlySet<string>) => {
  const others = new Map(kinds.toReversed().map(({ apiVersion, kind }) => [`${groupOf(apiVersion)}/${kind}`, apiVersion]));
  return ({ apiVersion, key }: InventoryEntry): string =>
    served.has(`${apiVersion}/${key.kind}`) ? apiVersion : (others.get(`${key.group}/${key.kind}`) ?? apiVersion);
};

const addressesOf = (
  desired: readonly DesiredObject[],
  inventory: Inventory,
  versionOf: (entry: InventoryEntry) => string,
): readonly Wanted[] => {
  const wanted = new Map<string, ObjectAddress>();
  for (const entry of inventory.values()) wanted.set(formatKey(entry.key), addressOf(entry.key, versionOf(entry)));
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
  const answer = await cluster.list({
    apiVersion,
    kind,
    ...(namespace === "" ? {} : { namespace }),
    ...withoutHelmReleases(apiVersion, kind),
  });
  // Who may not list may still be allowed to look at what it knows by name.
  if (answer.state === "forbidden") {
    await sideBySide(members, width, async ({ key, at: one }) => live.set(key, await cluster.get(one)));
    return;
  }
  if (answer.state === "absent") {
    for (const { key } of members) live.set(key, answer);
    return;
  }
  const found = new Map(answer.objects.map((object) => [formatKey({ ...keyOf(object), group: groupOf(apiVersion), kind }), object]));
  for (const { key } of members) {
    const object = found.get(key);
    live.set(key, object ? { state: "found", object } : { state: "absent" });
  }
};
