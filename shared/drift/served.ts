import type { InventoryEntry } from "../model/inventory.ts";
import { groupOf } from "../model/resource-key.ts";
import type { ClusterApis } from "../ports/cluster.ts";

/** Where an owned object can be read. */
export type Readable =
  | { readonly state: "served"; readonly apiVersion: string }
  /** The server serves no such kind: there are no objects of it. */
  | { readonly state: "absent" }
  /** Another API server serves its group, and that one does not answer: nobody knows what is there. */
  | { readonly state: "unknown"; readonly reason: string };

/** An object outlives the version it was applied in: where the server has dropped that one, it is read in another of its group. */
export const readableIn = ({ kinds, unavailable = [] }: ClusterApis): ((entry: InventoryEntry) => Readable) => {
  const served = new Set(kinds.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`));
  const others = new Map(kinds.toReversed().map(({ apiVersion, kind }) => [`${groupOf(apiVersion)}/${kind}`, apiVersion]));
  const silent = new Map(unavailable.map((apiVersion) => [groupOf(apiVersion), apiVersion]));
  return ({ apiVersion, key: { group, kind } }) => {
    if (served.has(`${apiVersion}/${kind}`)) return { state: "served", apiVersion };
    const other = others.get(`${group}/${kind}`);
    if (other !== undefined) return { state: "served", apiVersion: other };
    const unanswered = silent.get(group);
    if (unanswered === undefined) return { state: "absent" };
    return { state: "unknown", reason: `the API server behind ${unanswered} does not answer; see kubectl get apiservices` };
  };
};
