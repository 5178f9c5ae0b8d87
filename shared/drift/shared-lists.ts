import { withoutHelmReleases } from "../model/helm-releases.ts";
import type { InventoryEntry } from "../model/inventory.ts";
import { formatKey, groupOf, keyOf } from "../model/resource-key.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { Cluster, LiveObject } from "../ports/cluster.ts";
import type { Readable } from "./served.ts";

/** Up to this many namespaces of one kind are listed one by one; beyond, one list over the whole cluster is cheaper. */
const namespacesListed = 4;
/** As many as the cluster's connection takes at once. */
const width = 64;

type Entries = readonly InventoryEntry[];

/**
 * Live objects of many Applications from one LIST per kind, however many Applications share it. Absent means: listed, and not there, or of a
 * kind that is not served any more. What may not be listed is read one by one, and `forbidden` where that may not be either, as is what nobody
 * can know.
 */
export const liveByLists = async (
  cluster: Cluster,
  entries: Entries,
  readable: (entry: InventoryEntry) => Readable,
): Promise<ReadonlyMap<string, LiveObject>> => {
  const live = new Map<string, LiveObject>();
  const kinds = new Map<string, { readonly apiVersion: string; readonly kind: string; readonly members: InventoryEntry[] }>();
  for (const entry of entries) {
    const { kind } = entry.key;
    const at = readable(entry);
    if (at.state === "absent") live.set(formatKey(entry.key), at);
    else if (at.state === "unknown") live.set(formatKey(entry.key), { state: "forbidden", reason: at.reason });
    else {
      const name = `${at.apiVersion}/${kind}`;
      const known = kinds.get(name) ?? { apiVersion: at.apiVersion, kind, members: [] };
      known.members.push(entry);
      kinds.set(name, known);
    }
  }
  await Promise.all([...kinds.values()].map(({ apiVersion, kind, members }) => listKind(cluster, apiVersion, kind, members, live)));
  return live;
};

const listKind = async (
  cluster: Cluster,
  apiVersion: string,
  kind: string,
  entries: Entries,
  live: Map<string, LiveObject>,
): Promise<void> => {
  const namespaces = [...new Set(entries.map((entry) => entry.key.namespace))];
  const scopes = namespaces.length > namespacesListed ? [""] : [...namespaces];
  for (const scope of scopes) {
    const answer = await cluster.list({
      apiVersion,
      kind,
      ...(scope !== "" && { namespace: scope }),
      ...withoutHelmReleases(apiVersion, kind),
    });
    const members = entries.filter((entry) => scope === "" || entry.key.namespace === scope);
    // Rights may end at namespaces, or at objects that one knows by name.
    if (answer.state === "forbidden" && scope === "" && namespaces.some((namespace) => namespace !== "")) scopes.push(...namespaces);
    else if (answer.state === "forbidden")
      await sideBySide(members, width, async ({ key }) => live.set(formatKey(key), await cluster.get({ ...key, apiVersion })));
    if (answer.state === "forbidden") continue;
    const found = new Map<string, LiveObject>();
    if (answer.state === "listed") {
      for (const object of answer.objects) {
        found.set(formatKey({ ...keyOf(object), group: groupOf(apiVersion), kind }), { state: "found", object });
      }
    }
    for (const { key: member } of members) live.set(formatKey(member), found.get(formatKey(member)) ?? { state: "absent" });
  }
};
