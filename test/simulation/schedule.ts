import { functions as shapes } from "../../infra/topology.ts";
import { disturbanceEnds } from "./disturbance.ts";
import type { Running } from "./running.ts";
import { startOfTime } from "./timeline.ts";
import { queueNames, type World } from "./world.ts";

export interface Schedule {
  start(): void;
  /** Nothing is under way or waits, and every event of the schedule has come since anything last moved. */
  isQuiet(): boolean;
}

const scans = ["sweep", "poll", "drift"] as const;

/** The schedule's events, until nothing moves any more; while only a hidden message is waited for, time passes without them. */
export const openSchedule = (world: World, running: Running): Schedule => {
  const { timeline, random, gate } = world;
  const came = new Map<string, number>();
  const end = disturbanceEnds(world.plan);
  let moved = 0;
  let writes = 0;
  world.store.onWrite(() => {
    writes++;
  });

  const everyOf = (scan: string): number => (shapes.scan.wokenBy.events.find((event) => event.scan === scan)?.every ?? 180) * 1000;

  /** Nothing but messages that are hidden until later, all that the schedule could find was looked for. */
  const isIdle = (): boolean => {
    if (timeline.now() < startOfTime + end || running.under.size > 0) return false;
    if (queueNames.some((name) => [...world.queues[name].waiting.values()].some(({ visibleAt }) => visibleAt <= timeline.now() + 5_000)))
      return false;
    return scans.every((scan) => (came.get(scan) ?? 0) > moved);
  };

  const fire = (scan: (typeof scans)[number]): void => {
    timeline.after(everyOf(scan) * random.between(0.98, 1.02), () => fire(scan));
    if (isIdle()) return;
    const fault = gate.inForce("schedule");
    const strikes = fault?.scan === scan;
    if (fault && strikes) gate.strike(fault);
    if (strikes && fault.what === "never") return;
    const times = strikes ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const before = sent();
      const written = writes;
      running.invoke("scan", { scan }, () => {
        // A drift scan notes when it looked; anything else means that something moves.
        if (sent() === before && writes - written <= world.plan.clusters.length * 2) came.set(scan, timeline.now());
        else moved = timeline.now();
      });
    }
  };
  const sent = (): number => queueNames.reduce((sum, name) => sum + world.queues[name].sent.length, 0);

  return {
    start: () => {
      for (const name of queueNames) {
        const { put } = world.queues[name];
        world.queues[name].put = (body, delay) => {
          moved = timeline.now();
          put(body, delay);
        };
      }
      for (const scan of scans) timeline.after(random.between(0, everyOf(scan)), () => fire(scan));
      // Knows clusters and their APIs from the beginning.
      running.invoke("scan", { scan: "drift" });
      if (world.plan.control) running.invoke("scan", { scan: "sweep" });
    },
    isQuiet: () => isIdle() && queueNames.every((name) => world.queues[name].waiting.size === 0),
  };
};
