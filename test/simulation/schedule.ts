import { functions as shapes } from "../../infra/topology.ts";
import { disturbanceEnds } from "./disturbance.ts";
import { queueNames } from "./faults.ts";
import type { Running } from "./running.ts";
import { startOfTime } from "./timeline.ts";
import type { World } from "./world.ts";

export interface Schedule {
  start(): void;
  /** Nothing is under way or waits, and every event of the schedule has come since anything last moved. */
  isQuiet(): boolean;
  /** Virtual time when old messages came once more; 0 where none did. */
  redrivenAt(): number;
}

const scans = ["sweep", "poll", "drift"] as const;

/** Longer than drift waits to be healed again, by clocks that agree. ms */
const calm = 340_000;

/** What happens later than this is waited for as if nothing came any more. ms */
const lull = 20 * 60_000;

const week = 7 * 24 * 3_600_000;

/** The schedule's events, until nothing moves any more; while only a hidden message is waited for, time passes without them. */
export const openSchedule = (world: World, running: Running, lastChange: () => number): Schedule => {
  const { timeline, random, gate, plan } = world;
  const came = new Map<string, number>();
  const end = startOfTime + disturbanceEnds(plan);
  let sent = 0;
  let sentAt = 0;
  let writes = 0;
  let foundAt = 0;
  let redrivenAt = 0;
  world.store.onWrite(() => {
    writes++;
  });

  const everyOf = (scan: string): number => (shapes.scan.wokenBy.events.find((event) => event.scan === scan)?.every ?? 180) * 1000;
  const struck = (): number => [...gate.struck.values()].reduce((sum, times) => sum + times, 0);
  const apart = plan.faults.reduce((most, fault) => (fault.kind === "clocks" ? Math.max(most, fault.apart) : most), 0);
  const moved = (): number =>
    Math.max(startOfTime + disturbanceEnds(plan, timeline.now() - startOfTime + lull), sentAt, foundAt, lastChange());
  const isSoon = (): boolean =>
    queueNames.some((name) => [...world.queues[name].waiting.values()].some(({ visibleAt }) => visibleAt <= timeline.now() + 5_000));

  /** Nothing but messages that are hidden until later; all that the schedule could find was looked for. */
  const isIdle = (): boolean => {
    const last = moved();
    if (timeline.now() < last + calm + 2 * apart || running.under.size > 0) return false;
    return scans.every((scan) => (came.get(scan) ?? 0) > last) && !world.store.hasDue() && !isSoon();
  };

  const look = (scan: (typeof scans)[number]): void => {
    const [sentBefore, writtenBefore, struckBefore, began] = [sent, writes, struck(), timeline.now()];
    running.invoke("scan", { scan }, () => {
      // A scan may raise the epoch's mark, and a drift scan notes when it looked; anything else means that something moves, or that it could not look.
      if (sent === sentBefore && struck() === struckBefore && writes - writtenBefore <= plan.clusters.length * 2 + 1) came.set(scan, began);
      else foundAt = timeline.now();
    });
  };

  const fire = (scan: (typeof scans)[number]) => {
    if (timeline.now() < redrivenAt) return timeline.at(redrivenAt + random.between(0, everyOf(scan)), () => fire(scan));
    timeline.after(everyOf(scan) * random.between(0.98, 1.02), () => fire(scan));
    if (isIdle()) return;
    const fault = gate.inForce("schedule");
    if (fault?.scan !== scan) return look(scan);
    gate.strike(fault);
    if (fault.what === "twice") for (const _ of [1, 2]) look(scan);
  };

  /** What lay among the dead letters comes once more. */
  const redrive = (): boolean => {
    const fault = plan.faults.find((each) => each.kind === "redriven");
    if (fault?.kind !== "redriven" || redrivenAt > 0) return false;
    redrivenAt = timeline.now() + week;
    const old = queueNames.flatMap((name) => world.queues[name].sent.map((body) => ({ name, body })));
    timeline.after(week, () => {
      gate.strike(fault);
      for (let at = 0; at < fault.messages; at++) {
        const { name, body } = random.pick(old);
        world.queues[name].put(body);
      }
    });
    sentAt = redrivenAt;
    return true;
  };

  return {
    redrivenAt: () => redrivenAt,
    start: () => {
      for (const name of queueNames) {
        const { put } = world.queues[name];
        world.queues[name].put = (body, delay) => {
          sent++;
          sentAt = timeline.now();
          put(body, delay);
        };
      }
      for (const scan of scans) timeline.after(random.between(0, everyOf(scan)), () => fire(scan));
      for (const fault of plan.faults)
        if (fault.kind === "newer-message")
          timeline.at(startOfTime + fault.from, () => {
            gate.strike(fault);
            world.queues[fault.queue].put(JSON.stringify({ v: 2, application: "web", what: "nobody knows yet" }));
          });
      // Knows clusters and their APIs from the beginning.
      running.invoke("scan", { scan: "drift" });
      if (plan.control) running.invoke("scan", { scan: "sweep" });
    },
    isQuiet: () => timeline.now() > end && isIdle() && queueNames.every((name) => world.queues[name].waiting.size === 0) && !redrive(),
  };
};
