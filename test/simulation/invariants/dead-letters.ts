import type { Report } from "../invariant.ts";
import { queueNames, type World } from "../world.ts";

/** Nothing waits any more, and no message was given up. */
export const checkDeadLetters = ({ queues, plan }: World, report: Report): void => {
  const explained = plan.faults.filter(({ kind }) => kind === "newer-message").length;
  const dead = queueNames.flatMap((name) => queues[name].dead.map(({ body }) => `${name}: ${body}`));
  if (dead.length > explained) report("no dead letters", dead.join("; "));
  const waiting = queueNames.filter((name) => queues[name].waiting.size > 0);
  if (waiting.length > 0) report("quiescence", `messages wait in ${waiting.join(", ")}`);
};
