import { describeKey } from "../model/resource-key.ts";
import type { Tracking } from "../model/tracking.ts";
import type { Cluster, ClusterApis } from "../ports/cluster.ts";
import type { Table } from "../ports/table.ts";
import { readStates } from "../state/application-state.ts";
import { recordSearched } from "../state/clusters.ts";
import { type Epoch, readEpoch } from "../state/epochs.ts";
import { readCustomizations } from "../state/settings.ts";
import { trackedIn } from "./adopt.ts";
import type { DriftWorld } from "./ports.ts";

/** Objects of an Application that are told by name. */
const mostNamed = 50;

/** By this mark of a new epoch, two minutes in, Git was read again where it can be, and what it declares stands in the table. */
const firstMark = 2;

export interface Searched {
  readonly cluster: Cluster;
  readonly apis: ClusterApis;
  /** In which epoch that was done last. */
  readonly searchedIn: number | undefined;
}

/**
 * After a restore: names what is an Application's of which nothing is known any more, because it was declared after the backup and Git dropped it
 * before Git was read again. Whether its objects were to go with it stood in its declaration only, so they stay. Once per cluster and epoch, also
 * where no Application is left: all kinds are listed, metadata only.
 */
export const tellLeftBehind = async (name: string, { cluster, apis, searchedIn = 1 }: Searched, world: DriftWorld): Promise<void> => {
  const { table, journal } = world;
  const known = await readEpoch(table);
  if (!known || known.epoch === searchedIn || !isReadAgain(known)) return;
  const { tracking } = await readCustomizations(table);
  for (const [application, objects] of await ofNobody({ cluster, apis, tracking }, table)) {
    const named = objects.slice(0, mostNamed);
    journal.tell("left-behind", { cluster: name, application, count: objects.length, objects: named });
  }
  await recordSearched(table, name, known.epoch);
};

const isReadAgain = ({ mark, renewed }: Epoch): boolean => renewed === undefined && mark >= firstMark;

const ofNobody = async (
  { cluster, apis, tracking }: { readonly cluster: Cluster; readonly apis: ClusterApis; readonly tracking: Tracking },
  table: Table,
): Promise<readonly (readonly [string, readonly string[]])[]> => {
  const found = await trackedIn({ cluster, apis, tracking, homes: new Map() });
  const unreadable = new Set<string>();
  const states = await readStates(table, [...found.keys()], (application) => void unreadable.add(application));
  const unknown = [...found].filter(([application]) => !states.has(application) && !unreadable.has(application));
  return unknown.map(([application, entries]) => [application, entries.map(({ key }) => describeKey(key))] as const);
};
