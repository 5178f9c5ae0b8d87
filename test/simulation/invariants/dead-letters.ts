import { type Fault, queueNames } from "../faults.ts";
import { workers } from "../functions.ts";
import type { Report } from "../invariant.ts";
import type { World } from "../world.ts";

const nextVersion = '"v":2';

/** As often as a message is received before it is given up. */
const receives = 5;

/** Nothing waits any more, and no message was given up. */
export const checkDeadLetters = ({ plan, queues }: World, report: Report): void => {
  // What newer code sent is kept for newer code.
  const dead = workers
    .filter(({ fn }) => blowsTo(fn, plan.faults) < receives)
    .flatMap(({ queue }) => queues[queue].dead.map(({ body }) => `${queue}: ${body}`))
    .filter((text) => !text.includes(nextVersion));
  if (dead.length > 0) report("no dead letters", dead.join("; "));
  const waiting = queueNames.filter((name) => queues[name].waiting.size > 0);
  if (waiting.length > 0) report("quiescence", `messages wait in ${waiting.join(", ")}`);
};

/** How often the faults of a schedule can strike a function: where it is as often as a message comes, all may strike the same one. */
const blowsTo = (fn: string, faults: readonly Fault[]): number =>
  faults
    .filter((fault) => "point" in fault && fault.point.startsWith(`${fn}:`))
    .reduce((sum, fault) => sum + ("times" in fault ? fault.times : 1), 0);
