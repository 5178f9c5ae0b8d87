import type { Customizations } from "../model/customizations.ts";
import type { Inventory } from "../model/inventory.ts";
import { asksForCluster, type Excluded, exclusionOf } from "../model/resource-filter.ts";
import type { Clusters } from "../ports/cluster.ts";

/** The kinds that argocd-cm leaves to others in a cluster. Asks for the cluster's address only where a rule names clusters. */
export const excludedIn = async (
  cluster: string,
  { filter }: Pick<Customizations, "filter">,
  clusters: Pick<Clusters, "addresses">,
): Promise<Excluded> => {
  const addresses = asksForCluster(filter) ? ((await clusters.addresses?.(cluster)) ?? []) : [];
  return exclusionOf(filter, [cluster, ...addresses]);
};

/** What of an inventory is looked at. The rest stays in it: it is ours again when its kind is no longer excluded. */
export const withoutExcluded = (inventory: Inventory, excluded: Excluded): Inventory => {
  const shown = [...inventory].filter(([, { key }]) => !excluded(key));
  return shown.length === inventory.size ? inventory : new Map(shown);
};
