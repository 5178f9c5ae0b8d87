import type { Failure } from "../model/failure.ts";
import { groupsOfRepository, type SourceGroup } from "../state/groups.ts";
import { beginLook, type RefState } from "../state/refs.ts";
import type { FetchWorld } from "./ports.ts";

export interface Groups {
  readonly groups: readonly SourceGroup[];
  /** Those that cannot be read, by id: whatever was to be done for them stays open until they can be. */
  readonly broken: ReadonlyMap<string, Failure>;
}

export const noGroups: Groups = { groups: [], broken: new Map() };

export const readGroups = async (repository: string, { table }: FetchWorld): Promise<Groups> => {
  const broken = new Map<string, Failure>();
  const groups = await Array.fromAsync(groupsOfRepository(table, repository, (id, failure) => broken.set(id, failure)));
  return { groups, broken };
};

/**
 * Another of its groups may bring an Application elsewhere while these cannot be read. A mark that no fetch ends has them evaluated once they can be,
 * whatever their reaches tell then.
 */
export const doubtBroken = async (
  { repository, ref }: { readonly repository: string; readonly ref: string },
  read: RefState,
  groups: readonly string[],
  { table, clock }: FetchWorld,
): Promise<RefState> => (groups.length === 0 ? read : (await beginLook(table, { repository, ref, read, groups, at: clock.now() })).read);
