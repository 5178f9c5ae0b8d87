import { removalOf } from "../argocd/removal.ts";
import { namedBy } from "../diff/tracking.ts";
import { isHook } from "../health/application-health.ts";
import type { Application } from "../model/application.ts";
import type { Manifest } from "../model/manifest.ts";
import { groupOf, keyOf } from "../model/resource-key.ts";
import type { ObjectAddress } from "../ports/cluster.ts";
import { readState } from "../state/application-state.ts";
import { forgetNotes, lastFence, noteLate } from "../state/inventories.ts";
import type { LateNote } from "../state/late-notes.ts";
import type { Lease } from "../state/leases.ts";
import { readCustomizations } from "../state/settings.ts";
import { wish } from "../state/wishes.ts";
import type { SyncWorld } from "./ports.ts";

/**
 * What a holder learns of its own work when it finds, only after a write, that its lease is another's: no condition binds a create, or a declaration,
 * to a lease. Whoever took over may have looked before it arrived, so somebody looks again.
 */
export interface LateWrites {
  /**
   * The object stands in the inventory as one that nobody has settled: the next sync makes it as Git wants it, or prunes it, healed or not. Where the
   * Application was removed meanwhile with all that was its own, nobody would come: what was made just now is taken back by `undo`.
   */
  wrote(object: Manifest, undo?: () => Promise<unknown>): Promise<void>;
  /** The object goes from the inventory: what Git wants by now, and nobody ever had, is made by the next sync, healed or not. */
  deleted(at: ObjectAddress, uid: string): Promise<void>;
  /** What Git declares is compared with what stands once more. */
  declared(): Promise<void>;
}

/** As often as another worker may come between: with a note of its own, or with the lease. */
const attempts = 3;

export const lateWrites = (
  { name: application, project, finalizers }: Application,
  { fence: ours }: Pick<Lease, "fence">,
  world: Pick<SyncWorld, "table" | "clock" | "syncs">,
): LateWrites => {
  const { table } = world;
  /** By a holder after us: a table that was lost, or is older than we are, knows of none. */
  const isRemoved = async (): Promise<boolean> =>
    removalOf({ finalizers }) === "cascade" && !(await readState(table, application)) && (await lastFence(table, application)) > ours;
  const lookAgain = async (): Promise<void> => {
    if ((await wish(table, application, {}, world.clock.now())) === "gone") return;
    await world.syncs.send([{ body: { v: 1, application }, group: project }]);
  };
  const noteOne = async (note: Omit<LateNote, "fence">): Promise<void> => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const state = await readState(table, application);
      if (!state || state.forgetting) return;
      const { fence } = state;
      if (!(await noteLate(table, application, { ...note, fence }))) continue;
      const after = await readState(table, application);
      if (!after) return forgetNotes(table, application);
      // Whoever took the lease meanwhile may have read the inventory before.
      if (after.fence === fence) break;
    }
    await lookAgain();
  };
  // A worker that stood still has many answers at once: notes that overtook each other would be lost.
  let last: Promise<void> = Promise.resolve();
  const noted = (note: Omit<LateNote, "fence">): Promise<void> => {
    last = last.catch(() => undefined).then(() => noteOne(note));
    return last;
  };
  return {
    declared: lookAgain,
    wrote: async (object, undo) => {
      const { tracking } = await readCustomizations(table);
      // A namespace that was made on the way is nobody's.
      if (namedBy(object, tracking) !== application) return;
      const { uid } = object.metadata;
      const entry = {
        key: keyOf(object),
        apiVersion: object.apiVersion,
        ...(uid !== undefined && { uid }),
        ...(isHook(object) && { hook: true as const }),
      };
      await noted({ what: "written", entry });
      if (undo && (await isRemoved())) await undo();
    },
    deleted: async ({ apiVersion, kind, namespace, name }, uid) => {
      await noted({ what: "deleted", entry: { key: { group: groupOf(apiVersion), kind, namespace, name }, apiVersion, uid } });
    },
  };
};
