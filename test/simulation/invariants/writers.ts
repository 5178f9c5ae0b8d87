import { trackerOf } from "../../../shared/diff/tracking.ts";
import { annotationOf, type Manifest } from "../../../shared/model/manifest.ts";
import { formatKey, keyOf } from "../../../shared/model/resource-key.ts";
import { type Content, kindOf } from "../content.ts";
import type { Report } from "../invariant.ts";
import type { Context, Observer } from "../observation.ts";
import type { World } from "../world.ts";

/** Who wrote an object last, by the fence of the lease. */
interface Written {
  readonly fence: number;
  readonly application: string;
}

const operationAnnotation = "fairlead.dev/operation";

/** Every change of an object in a cluster: by whom, of what, and whether it was theirs to make. */
export const watchWriters = (report: Report, world: () => World): Observer => {
  /** Name of a lease's owner → its fence, from the state item when it was acquired. */
  const fences = new Map<string, number>();
  const last = new Map<string, Written>();
  const runs = new Set<string>();
  /** uid → who made it. */
  const makers = new Map<string, string>();

  const fenceOf = ({ owners }: Context): number | undefined => {
    const held = [...owners].flatMap((owner) => fences.get(owner) ?? []);
    return held.length === 0 ? undefined : Math.max(...held);
  };

  const checkOwner = (where: string, before: Manifest, writer: Context, deleted: boolean): void => {
    const tracker = trackerOf(before);
    const what = deleted ? "deleted" : "changed";
    if (before.kind === "Namespace") {
      if (deleted) report("deletes only what is ours", `${writer.invocation.id} deleted ${where}`);
      return;
    }
    if (tracker === undefined)
      report("deletes only what is ours", `${writer.invocation.id} ${what} ${where}, which nobody's Application tracks`);
    // As Argo CD has it, one that no longer wants an object has given it up to whoever does.
    else if (tracker !== writer.application && (deleted || isAlwaysWished(before, tracker)))
      report("deletes only what is ours", `${writer.invocation.id} of ${writer.application} ${what} ${where} of ${tracker}`);
  };

  /** By every commit there ever was, but for those that emptied the folder: nobody can have asked for its end. */
  const isAlwaysWished = ({ kind, metadata }: Manifest, tracker: string): boolean => {
    const { repositories } = world();
    if (repositories.isWithdrawn(tracker)) return false;
    const contents = repositories.history(tracker);
    const holds = (content: Content) =>
      content.some((each) => each.kind !== "Hook" && each.name === metadata.name && kindOf(each.kind) === kind);
    return contents.some(holds) && contents.every((content) => content.length === 0 || holds(content));
  };

  const checkWished = (where: string, before: Manifest): void => {
    const tracker = trackerOf(before);
    if (tracker !== undefined && isAlwaysWished(before, tracker))
      report("deletes nothing that is wished for", `${where} of ${tracker} was deleted`);
  };

  /** A hook's object is made once in an operation, however often a step is done again. */
  const checkRun = (where: string, after: Manifest): void => {
    const run = annotationOf(after, operationAnnotation);
    if (run === undefined) return;
    const tracker = trackerOf(after);
    const name = `${where} ${run} ${tracker}`;
    // A create that arrives after its Application is gone is bound to nothing that could refuse it: ARCHITECTURE.md says so.
    const isLate = world().store.read({ pk: `app#${tracker}`, sk: "state" }) === undefined;
    if (runs.has(name) && !isLate) report("runs a hook once", `${where} was created twice in operation ${run}`);
    runs.add(name);
  };

  return {
    tableWritten: (before, after) => {
      if (after?.sk !== "state" || typeof after.owner !== "string" || typeof after.fence !== "number") return;
      if (before?.owner !== after.owner || before.fence !== after.fence) fences.set(after.owner, after.fence);
    },
    clusterChanged: (cluster, after, before, writer) => {
      const object = after ?? before;
      if (object === undefined) return;
      const where = `${cluster} ${formatKey(keyOf(object))}`;
      if (writer === undefined) {
        if (before === undefined || after === undefined) last.delete(where);
        return;
      }
      if (before) checkOwner(where, before, writer, after === undefined);
      if (before && after === undefined) checkWished(where, before);
      if (before === undefined && after) checkRun(where, after);
      if (object.kind === "Namespace") return;

      const fence = fenceOf(writer);
      if (fence === undefined) report("one writer", `${writer.invocation.id} wrote ${where} without ever holding a lease`);
      const earlier = last.get(where);
      if (before === undefined && after?.metadata.uid !== undefined) makers.set(after.metadata.uid, writer.invocation.id);
      // Whoever comes too late may take back what it has just made, and nothing else.
      const isTakenBack = after === undefined && makers.get(before?.metadata.uid ?? "") === writer.invocation.id;
      const isOlder = fence !== undefined && earlier !== undefined && earlier.application === writer.application && earlier.fence > fence;
      if (before !== undefined && isOlder && !isTakenBack)
        report("one writer", `${writer.invocation.id} with fence ${fence} wrote over what fence ${earlier.fence} had written: ${where}`);
      if (fence !== undefined && writer.application !== undefined && !isOlder) last.set(where, { fence, application: writer.application });
    },
  };
};
