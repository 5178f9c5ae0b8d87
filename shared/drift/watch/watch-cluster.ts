/**
 * Watch mode: one holder per cluster follows the kinds that its Applications own, metadata only, until its time is nearly up, and hands over
 * to the next. What moves is looked at as a scan would, only sooner; what is missed here is found by the scan.
 */
import { namedBy } from "../../diff/tracking.ts";
import { Failure } from "../../model/failure.ts";
import type { Manifest } from "../../model/manifest.ts";
import { formatKey, keyOf } from "../../model/resource-key.ts";
import { beatWatch, leaveWatch, type WatchProgress, watchTimes } from "../../state/watches.ts";
import { lookAtApplications } from "../look.ts";
import { knowingOthers } from "../unreadable-kinds.ts";
import { followKind } from "./follow-kind.ts";
import { markOf } from "./marks.ts";
import { type Owned, ownedReader } from "./owned-kinds.ts";
import { type Pending, pendingLooks } from "./pending.ts";
import { takePlace } from "./place.ts";
import type { WatchWorld } from "./ports.ts";

/** New Applications and kinds are noticed this often. */
const refreshEvery = 60_000;
/** How long to sleep when nothing moves, and how long events may gather when something does. */
const idle = 500;
const gathering = 50;

/** Holds a cluster's watch until `until` (ms since 1970), unless somebody else does. */
export const watchCluster = async (name: string, until: number, world: WatchWorld): Promise<void> => {
  const owner = world.newName();
  const progress = await takePlace(name, owner, world);
  if (!progress) return;
  let reached = progress;
  try {
    await world.clusters.connect(name);
    reached = await hold(name, owner, until, progress, world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    world.journal.tell("watch-failed", { cluster: name, code: error.code, reason: error.message });
  } finally {
    await leaveWatch(world.table, name, owner, reached);
  }
};

const hold = async (name: string, owner: string, until: number, progress: WatchProgress, world: WatchWorld): Promise<WatchProgress> => {
  const { clock, pause, journal } = world;
  const readOwned = ownedReader(name, world);
  let owned = await readOwned();
  const pending = pendingLooks(clock.now);
  for (const application of progress.pending) pending.add(application);
  const versions = new Map(Object.entries(progress.versions));
  const stop = new AbortController();
  const following = new Map<string, Promise<void>>();
  const tellTrouble = tellingRarely(name, world);
  const onMoved = movedInto(pending, () => owned, world.peoplesTools);
  const follow = () => {
    for (const kind of versions.keys()) if (!owned.kinds.has(kind)) versions.delete(kind);
    for (const [kindName, kind] of owned.kinds) {
      if (following.has(kindName)) continue;
      const onLost = () => {
        for (const application of owned.applications) pending.add(application);
      };
      const ended = followKind(kind, {
        connect: () => world.clusters.connect(name),
        stop: stop.signal,
        versions,
        pause,
        onMoved,
        onLost,
        onTrouble: tellTrouble,
      });
      following.set(
        kindName,
        ended.finally(() => following.delete(kindName)),
      );
    }
  };
  const now = (): WatchProgress => ({ versions: Object.fromEntries(versions), pending: [...pending.names()] });

  follow();
  journal.tell("watching", { cluster: name, kinds: owned.kinds.size, applications: owned.applications.size });
  let [beaten, refreshed] = [clock.now(), clock.now()];
  try {
    while (clock.now() < until) {
      await Promise.race([pending.next(), pause(idle)]);
      await pause(gathering);
      await lookAtPending(name, pending, tellTrouble, world);
      if (clock.now() - beaten >= watchTimes.beatEvery) {
        if (!(await beatWatch(world.table, name, owner, now()))) break;
        beaten = clock.now();
      }
      if (clock.now() - refreshed >= refreshEvery) {
        owned = await readOwned();
        follow();
        refreshed = clock.now();
      }
    }
  } finally {
    stop.abort();
    await Promise.allSettled(following.values());
  }
  return now();
};

/** An outage meets every kind at every try, each in its own words: one line a minute says enough. Milliseconds. */
const troubleLasts = 60_000;

const tellingRarely = (cluster: string, { journal, clock }: Pick<WatchWorld, "journal" | "clock">): ((failure: Failure) => void) => {
  let toldAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    if (clock.now() - toldAt < troubleLasts) return;
    toldAt = clock.now();
    journal.tell("watch-broken", { cluster, reason: message });
  };
};

/** An event that says that something of ours may have moved makes its Application pending. */
const movedInto = (pending: Pending, owned: () => Owned, peoplesTools: readonly string[]) => {
  const marks = new Map<string, string>();
  return (object: Manifest, kind: "changed" | "deleted"): void => {
    const key = formatKey(keyOf(object));
    const known = owned().objects.get(key);
    const application = namedBy(object, owned().tracking) ?? known?.application;
    if (application === undefined || !owned().applications.has(application)) return;
    const mark = kind === "deleted" ? undefined : markOf(object, peoplesTools);
    const same = mark !== undefined && marks.get(key) === mark;
    if (mark === undefined) marks.delete(key);
    else marks.set(key, mark);
    const isOurs = kind === "changed" && known?.resourceVersion === object.metadata.resourceVersion;
    if (!same && !isOurs) pending.add(application, key);
  };
};

const lookAtPending = async (name: string, pending: Pending, tellTrouble: (failure: Failure) => void, world: WatchWorld): Promise<void> => {
  const due = pending.take();
  if (due.size === 0) return;
  const only = new Map([...due].flatMap(([application, objects]) => (objects === undefined ? [] : [[application, objects] as const])));
  try {
    const cluster = knowingOthers(await world.clusters.connect(name));
    const again = await lookAtApplications(name, cluster, [...due.keys()], world, { only });
    for (const application of again) pending.postpone(application, due.get(application));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tellTrouble(error);
    for (const [application, objects] of due) pending.postpone(application, objects);
  }
};
