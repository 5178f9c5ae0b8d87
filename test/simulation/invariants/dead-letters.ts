import { queueNames } from "../faults.ts";
import type { Report } from "../invariant.ts";
import type { World } from "../world.ts";

const nextVersion = '"v":2';

/** Nothing waits any more, and no message was given up. */
export const checkDeadLetters = ({ queues }: World, report: Report): void => {
  // What newer code sent is kept for newer code.
  const dead = queueNames
    .flatMap((name) => queues[name].dead.map(({ body }) => `${name}: ${body}`))
    .filter((text) => !text.includes(nextVersion));
  if (dead.length > 0) report("no dead letters", dead.join("; "));
  const waiting = queueNames.filter((name) => queues[name].waiting.size > 0);
  if (waiting.length > 0) report("quiescence", `messages wait in ${waiting.join(", ")}`);
};
