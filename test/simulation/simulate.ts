import { type Bug, noBug } from "./bug.ts";
import { openCleanUps } from "./clean-up.ts";
import { disturbanceEnds, stepEnds } from "./disturbance.ts";
import { type Doings, openDoings } from "./doings.ts";
import { isTimedFault, queueNames } from "./faults.ts";
import type { Violation } from "./invariant.ts";
import { watchAll } from "./invariants/always.ts";
import { checkEnd } from "./invariants/at-the-end.ts";
import type { Plan } from "./plan.ts";
import { openRestores } from "./restored.ts";
import { openRunning, type Running } from "./running.ts";
import { openSchedule } from "./schedule.ts";
import { startOfTime } from "./timeline.ts";
import { openWorld, type World } from "./world.ts";

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly digest: string;
  readonly lines: readonly string[];
  /** Virtual milliseconds until the world was quiet. */
  readonly lasted: number;
  /** By fault id, and by `point before|after`: how often it struck. */
  readonly struck: ReadonlyMap<string, number>;
  readonly crashed: ReadonlyMap<string, number>;
  readonly calls: number;
  /** Milliseconds from the last disturbance until nothing moved any more. */
  readonly settledAfter: number;
}

export interface SimulateOptions {
  readonly trace?: boolean;
  readonly bug?: Bug;
}

/** After this long without quiet, something is stuck. Hidden messages come back after 30 minutes, and may do so four times. */
const patience = 4 * 3_600_000;
/** An end of what happens at one virtual moment: a loop that never lets time pass. */
const mostSteps = 400_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs one schedule until the world is quiet, and says what was wrong. */
export const simulate = async (plan: Plan, { trace = false, bug = noBug }: SimulateOptions = {}): Promise<Outcome> => {
  const violations: Violation[] = [];
  const holder: { world?: World; running?: Running; doings?: Doings } = {};
  const report = (invariant: string, what: string): void => {
    if (violations.length < 20) violations.push({ invariant, what, at: (holder.world?.timeline.now() ?? startOfTime) - startOfTime });
    holder.world?.trace.tell("VIOLATION", `${invariant}: ${what}`);
  };
  const opened = (): World => {
    if (holder.world === undefined) throw new Error("the world is not open yet");
    return holder.world;
  };
  const watch = watchAll(report, opened);
  let doneAt = startOfTime + disturbanceEnds(plan);
  const running = openRunning(opened);
  const cleanUps = openCleanUps(opened);
  const world = openWorld(plan, {
    trace,
    bug,
    observers: [...watch.observers, cleanUps.observer],
    meanwhile: (step) => {
      doneAt = Math.max(doneAt, world.timeline.now());
      return holder.doings?.do(step) ?? false;
    },
    onKilled: running.killed,
  });
  const doings = openDoings(world, running);
  Object.assign(holder, { world, running, doings });

  running.listen();
  await doings.declare();
  for (const step of plan.steps) world.timeline.at(startOfTime + step.at, () => doings.do(step));
  openRestores(world, doings);
  cleanUps.start();
  const schedule = openSchedule(world, running, watch.anyChange);
  schedule.start();

  let steps = 0;
  for (;;) {
    world.writes(undefined);
    if (!world.timeline.step()) break;
    await turn();
    steps++;
    if (steps % 16 === 0 && schedule.isQuiet()) break;
    if (world.timeline.now() - Math.max(doneAt, schedule.redrivenAt()) > patience || steps > mostSteps) {
      report(
        "quiescence",
        `not quiet after ${Math.round((world.timeline.now() - startOfTime) / 60_000)} virtual minutes and ${steps} steps: ${openEnds(world, running)}`,
      );
      break;
    }
  }
  checkEnd(world, doings, watch, report);
  return {
    violations,
    digest: world.trace.digest(),
    lines: world.trace.lines,
    lasted: world.timeline.now() - startOfTime,
    struck: world.gate.struck,
    crashed: world.gate.crashed,
    calls: steps,
    settledAfter: Math.max(0, watch.lastChange() - disturbedAt(world)),
  };
};

/** When people, or faults, did something last. */
const disturbedAt = ({ plan, gate }: World): number => {
  const steps = plan.steps.map((step) => startOfTime + stepEnds(step));
  const windows = plan.faults.filter(isTimedFault).map(({ from, lasts }) => startOfTime + from + lasts);
  return Math.max(startOfTime, ...steps, ...windows, gate.lastCrash());
};

const openEnds = (world: World, running: Running): string => {
  const waiting = queueNames.map((name) => `${name} ${world.queues[name].waiting.size}`).join(", ");
  return `${[...running.under].map(({ id }) => id).join(", ") || "nobody"} at work; waiting: ${waiting}`;
};
