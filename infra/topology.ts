import { tries } from "../shared/state/messages.ts";

/**
 * Which functions, queues and schedules there are, what wakes each function and how large it is: one constant for the CDK app and for the
 * one machine. Adding a function is a row here and a folder in functions/.
 */

/** Times are seconds, memory is MB. `inFlight` is how many invocations run at once: environments on AWS, concurrent calls on one machine. */
export interface FunctionShape {
  readonly timeout: number;
  readonly memory: number;
  readonly wokenBy: Waker;
}

export type Waker =
  | { readonly kind: "http"; readonly paths: readonly string[] }
  | {
      readonly kind: "queue";
      readonly queue: QueueName;
      readonly batch: number;
      readonly inFlight: { readonly aws: number; readonly here: number };
      /** Hides its messages itself, for a short while at a time, so that they come back soon when it dies: functions/staying-hidden.ts. */
      readonly hides?: true;
    }
  | { readonly kind: "schedule"; readonly events: readonly { readonly scan: string; readonly every: number }[] }
  | { readonly kind: "invoke" };

export type QueueName = "pushes" | "renders" | "syncs-public" | "notices";

/**
 * Batches: a fetch is heavy and has an environment to itself; renders, syncs and notices mostly wait for others, so ten share one.
 * There is no batching window: a single message is handed over at once.
 */
export const functions = {
  webhook: { timeout: 10, memory: 512, wokenBy: { kind: "http", paths: ["/hooks/{connection}", "/api/webhook"] } },
  fetch: { timeout: 300, memory: 2048, wokenBy: { kind: "queue", queue: "pushes", batch: 1, inFlight: { aws: 50, here: 4 } } },
  render: { timeout: 300, memory: 1024, wokenBy: { kind: "queue", queue: "renders", batch: 10, inFlight: { aws: 50, here: 4 } } },
  cage: { timeout: 120, memory: 2048, wokenBy: { kind: "invoke" } },
  sync: {
    timeout: 120,
    memory: 1024,
    wokenBy: { kind: "queue", queue: "syncs-public", batch: 10, inFlight: { aws: 100, here: 8 }, hides: true },
  },
  scan: {
    timeout: 300,
    memory: 1024,
    wokenBy: {
      kind: "schedule",
      events: [
        { scan: "sweep", every: 60 },
        { scan: "poll", every: 180 },
        { scan: "drift", every: 180 },
        // Held for 270 s: the next holder waits when one leaves.
        { scan: "watch", every: 240 },
      ],
    },
  },
  notify: { timeout: 60, memory: 512, wokenBy: { kind: "queue", queue: "notices", batch: 10, inFlight: { aws: 10, here: 2 } } },
} as const satisfies Record<string, FunctionShape>;

export type FunctionName = keyof typeof functions;

/**
 * A message is hidden while a function works on it, six times that function's timeout as AWS advises; one that was received five times
 * without being deleted goes to `<name>-dead`.
 */
export const queues: readonly { readonly name: QueueName; readonly visibility: number; readonly receives: number }[] = Object.values(
  functions,
).flatMap(({ timeout, wokenBy }) => (wokenBy.kind === "queue" ? [{ name: wokenBy.queue, visibility: 6 * timeout, receives: tries }] : []));

export const deadLetterQueue = (queue: QueueName): string => `${queue}-dead`;
