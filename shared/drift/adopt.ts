import { fieldManager } from "../diff/field-manager.ts";
import { namedBy } from "../diff/tracking.ts";
import { isHook } from "../health/application-health.ts";
import { withoutHelmReleases } from "../model/helm-releases.ts";
import type { InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import { groupOf, keyOf } from "../model/resource-key.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { Tracking } from "../model/tracking.ts";
import type { Cluster, ClusterApis, ServedKind } from "../ports/cluster.ts";
import { type ApplicationState, isDirty } from "../state/application-state.ts";
import { adoptEntries, readInventory } from "../state/inventories.ts";
import { isAwaitingGit, prove } from "../state/renewal.ts";
import type { keepingApart } from "./apart.ts";
import type { DriftWorld } from "./ports.ts";

const width = 8;

/** Renewed after a restore, read from Git and synced since then, and nobody is at work. */
export const isToBeSearched = (state: ApplicationState | undefined): boolean =>
  state?.unproven === true &&
  state.owner === undefined &&
  !isAwaitingGit(state) &&
  (!isDirty(state) || state.removal !== undefined || state.phase === "Failed");

export interface Search {
  readonly cluster: Cluster;
  readonly apis: ClusterApis;
  readonly tracking: Tracking;
  /** By Application: its destination's namespace. */
  readonly homes: ReadonlyMap<string, string>;
  /** Trouble of one Application keeps no other from being searched for. */
  readonly unlessFailed: ReturnType<typeof keepingApart>;
}

/**
 * Searches a cluster for all that Applications own there, by what the objects say themselves, and completes their inventories: after the table was
 * lost they are empty, after it was restored they lack what came later. Only then may they prune. Once per Application and restore: all kinds are
 * listed, metadata only, for all of them together.
 */
export const adoptTracked = async (states: ReadonlyMap<string, ApplicationState>, search: Search, world: DriftWorld): Promise<void> => {
  const searched = [...states].filter(([, state]) => isToBeSearched(state));
  if (searched.length === 0) return;
  const found = await trackedIn(search);
  for (const [name, state] of searched)
    await search.unlessFailed(name, async () => {
      const entries = await itsOwn(name, found.get(name) ?? [], search, world);
      if (!(await adoptEntries(world.table, world.artifacts, name, entries))) return;
      if (!(await prove(world.table, name, state, world.clock.now()))) return;
      world.journal.tell("searched", { application: name, cluster: state.cluster, found: entries.length });
      await world.syncs.send([{ body: { v: 1, application: name }, group: state.project }]);
    });
};

/**
 * Another installation may have an Application of that name on the same cluster. So what is found counts only where this one is at home: in its
 * destination, and where Git puts objects of its own. What is in no namespace counts only where an installation id tells the two apart.
 */
const itsOwn = async (
  name: string,
  found: readonly InventoryEntry[],
  { homes, tracking }: Pick<Search, "homes" | "tracking">,
  { table, artifacts }: DriftWorld,
): Promise<readonly InventoryEntry[]> => {
  if (tracking.installationId !== "") return found;
  const places = new Set([...(await readInventory(table, artifacts, name)).values()].map(({ key }) => key.namespace));
  return found.filter(({ key: { namespace } }) => namespace !== "" && (namespace === homes.get(name) || places.has(namespace)));
};

/** By Application: all that it owns there, by what the objects say themselves. */
export const trackedIn = async ({
  cluster,
  apis,
  tracking,
  homes,
}: Omit<Search, "unlessFailed">): Promise<ReadonlyMap<string, readonly InventoryEntry[]>> => {
  const lists = await sideBySide(listable(apis.kinds), width, (kind) => listKind(cluster, kind, [...new Set(homes.values())]));
  const owned = lists.flat().flatMap((object) => {
    const application = isOurWork(object) ? namedBy(object, tracking) : undefined;
    return application === undefined ? [] : [{ application, entry: entryOf(object) }];
  });
  return new Map(
    [...Map.groupBy(owned, ({ application }) => application)].map(([name, members]) => [name, members.map(({ entry }) => entry)]),
  );
};

/** Applied, or made as hooks and replacements are: the same words in an object that somebody else made are a copy. */
const isOurWork = ({ metadata }: Manifest): boolean => (metadata.managedFields ?? []).some(({ manager }) => manager === fieldManager);

/** No fingerprint: what Git still wants gets one from its sync, of the rest nothing can drift. */
const entryOf = (object: Manifest): InventoryEntry => ({
  key: keyOf(object),
  apiVersion: object.apiVersion,
  ...(object.metadata.uid !== undefined && { uid: object.metadata.uid }),
  ...(isHook(object) && { hook: true }),
});

/** One version of each kind that we could have applied: an object is there in all of them. */
const listable = (kinds: readonly ServedKind[]): readonly ServedKind[] => {
  const ours = kinds.filter(({ verbs }) => verbs.includes("list") && verbs.includes("patch"));
  return [...new Map(ours.toReversed().map((kind) => [`${groupOf(kind.apiVersion)}/${kind.kind}`, kind])).values()];
};

/** What may not be listed is not found: it stays, and belongs to nobody (fairlead orphans). */
const listKind = async (cluster: Cluster, served: ServedKind, namespaces: readonly string[]): Promise<readonly Manifest[]> => {
  const { apiVersion, kind } = served;
  const query = { apiVersion, kind, metadataOnly: true, ...withoutHelmReleases(apiVersion, kind) };
  const answer = await cluster.list(query);
  const lists =
    answer.state === "forbidden" && served.namespaced
      ? await sideBySide(namespaces, width, (namespace) => cluster.list({ ...query, namespace }))
      : [answer];
  return lists.flatMap((list) => (list.state === "listed" ? list.objects.map((object) => ({ ...object, apiVersion, kind })) : []));
};
