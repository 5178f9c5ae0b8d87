import { withoutHelmReleases } from "../model/helm-releases.ts";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import { formatKey, groupOf, keyOf } from "../model/resource-key.ts";
import type { Cluster, LiveObject } from "../ports/cluster.ts";

/** Up to this many namespaces of one kind are listed one by one; beyond, one list over the whole cluster is cheaper. */
const namespacesListed = 4;

/**
 * Live objects of many Applications from one LIST per kind, however many Applications share it. Absent means: listed, and not there.
 * What could not be listed has no entry.
 */
export const liveByLists = async (cluster: Cluster, inventories: Iterable<Inventory>): Promise<ReadonlyMap<string, LiveObject>> => {
  const wanted = [...inventories].flatMap((inventory) => [...inventory.values()]);
  const live = new Map<string, LiveObject>();
  const kinds = Map.groupBy(wanted, ({ apiVersion, key }) => `${apiVersion}/${key.kind}`);
  await Promise.all([...kinds.values()].map((entries) => listKind(cluster, entries, live)));
  return live;
};

type Entries = readonly InventoryEntry[];

const listKind = async (cluster: Cluster, entries: Entries, live: Map<string, LiveObject>): Promise<void> => {
  const [first] = entries;
  if (first === undefined) return;
  const { apiVersion, key } = first;
  const namespaces = [...new Set(entries.map((entry) => entry.key.namespace))];
  const scopes = namespaces.length > namespacesListed ? [""] : namespaces;
  for (const scope of scopes) {
    const answer = await cluster.list({
      apiVersion,
      kind: key.kind,
      ...(scope !== "" && { namespace: scope }),
      ...withoutHelmReleases(apiVersion, key.kind),
    });
    const members = entries.filter((entry) => scope === "" || entry.key.namespace === scope);
    if (answer.state === "forbidden") continue;
    const found = new Map<string, LiveObject>();
    if (answer.state === "listed") {
      for (const object of answer.objects) {
        found.set(formatKey({ ...keyOf(object), group: groupOf(apiVersion), kind: key.kind }), { state: "found", object });
      }
    }
    for (const { key: member } of members) live.set(formatKey(member), found.get(formatKey(member)) ?? { state: "absent" });
  }
};
