import * as z from "zod/mini";
import type { Application } from "../model/application.ts";
import type { Table } from "../ports/table.ts";
import { groupsOf, leaveGroups } from "./groups.ts";
import { keys } from "./items.ts";

/** Where a declaration makes an Application stand besides its own items: groups, its cluster's list, its parent's children. */
export const PlaceItem = z.object({
  groups: z.array(z.object({ repository: z.string(), id: z.string() })),
  cluster: z.string(),
  parent: z.exactOptional(z.string()),
});
export type Place = z.infer<typeof PlaceItem>;

export const placeOf = (application: Application, cluster: string): Place => ({
  groups: groupsOf(application).map(({ repository, id }) => ({ repository, id })),
  cluster,
  ...(application.parent !== undefined && { parent: application.parent }),
});

export const eachOnce = (places: readonly Place[]): Place[] => [...new Map(places.map((place) => [nameOf(place), place])).values()];

const nameOf = ({ groups, cluster, parent }: Place): string =>
  JSON.stringify([groups.map(({ repository, id }) => [repository, id]), cluster, parent]);

/** What of these places is not one of `stays`, which is undefined for one that goes. */
export const leavePlaces = async (table: Table, name: string, places: readonly Place[], stays?: Place): Promise<void> => {
  for (const { groups, cluster, parent } of places) {
    await leaveGroups(table, name, groups, stays?.groups);
    if (cluster !== "" && cluster !== stays?.cluster) await table.delete(keys.destined(cluster, name));
    if (parent !== undefined && parent !== stays?.parent) await table.delete(keys.child(parent, name));
  }
};
