import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import type { Application } from "../../shared/model/application.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Item } from "../../shared/ports/table.ts";
import { sweep } from "../../shared/scan/sweep.ts";
import { keepEpoch } from "../../shared/state/renewal.ts";
import { driftDefaults } from "./drift-world.ts";
import { anApplication, syncWorld } from "./sync-world.ts";
import { restoreTable } from "./table-backup.ts";

/**
 * Sync, sweep and scan over one table in memory that can go back in time, and a Git whose content a fetch finds whenever somebody asks for it.
 * `given`: a sync world, with a fake cluster or a real one.
 */
export const restoredWorld = (
  given: Pick<ReturnType<typeof syncWorld>, "world" | "table" | "commit" | "pass" | "declare" | "syncs" | "pushes">,
) => {
  const git = new Map<string, readonly Manifest[]>();
  const { world, table } = given;
  const scanning = { ...world, ...driftDefaults };
  const fetchAll = async (): Promise<void> => {
    for (const message of given.pushes.take()) {
      const manifests = message.kind === "application" ? git.get(message.application) : undefined;
      if (message.kind === "application" && manifests) await given.commit(message.application, manifests);
    }
  };
  return {
    /** A commit, and its push. */
    push: async (name: string, manifests: readonly Manifest[]): Promise<void> => {
      git.set(name, manifests);
      await given.commit(name, manifests);
    },
    declare: async (application: Application): Promise<void> => {
      await given.declare(application);
    },
    /** A minute of the schedule, with all that comes of it but syncs. */
    minute: async (): Promise<void> => {
      given.pass(60_000);
      await keepEpoch(world);
      await sweep(world);
      await fetchAll();
    },
    fetchAll,
    scan: async (): Promise<void> => {
      given.pass(180_000);
      await scanCluster("harbor", scanning);
    },
    backup: (): readonly Item[] => table.items(),
    restore: (items?: readonly Item[]) => restoreTable(table, items),
  };
};

/** One Application in such a world, with a fake cluster, and the moves that tests make with it. */
export const openRestored = async (application = anApplication()) => {
  const given = syncWorld();
  const world = restoredWorld(given);
  await world.declare(application);
  /** What is in the cluster, and in which version. */
  const stands = () => given.cluster.objects().map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`);
  const names = () =>
    given.cluster
      .objects()
      .filter(({ kind }) => kind === "ConfigMap")
      .map(({ metadata }) => metadata.name)
      .toSorted();
  const synced = async () => {
    await given.settle();
    await world.fetchAll();
    await given.settle();
  };
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute++) await world.minute();
  };
  return { ...given, ...world, stands, names, synced, minutes };
};
