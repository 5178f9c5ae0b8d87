import type { BatchHandler } from "../../functions/batch.ts";
import { functions as shapes } from "../../infra/topology.ts";
import { type FunctionName, handlerOf, timeoutOf, workers } from "./functions.ts";
import type { Invocation } from "./gate.ts";
import { hidingAs, sqsEvent } from "./hidden.ts";
import type { Context } from "./observation.ts";
import type { Message } from "./ports/queue.ts";
import type { World } from "./world.ts";

/** Starts functions as Lambda does, and takes their answers. */
export interface Running {
  readonly under: ReadonlySet<Invocation>;
  /** Called by the gate when an invocation is no more. */
  killed(invocation: Invocation): void;
  invoke(fn: FunctionName, event: unknown, then?: (answer: unknown) => void): void;
  /** Lets the queues wake their functions. */
  listen(): void;
}

export const openRunning = (world: () => World): Running => {
  const under = new Set<Invocation>();
  let count = 0;

  const begin = (fn: FunctionName): Invocation => {
    const { timeline, plan, random, gate } = world();
    const clocks = plan.faults.find((fault) => fault.kind === "clocks");
    const skew = clocks?.kind === "clocks" ? Math.round(random.between(-clocks.apart, clocks.apart)) : 0;
    if (clocks && count === 0) gate.strike(clocks);
    const invocation: Invocation = {
      id: `${fn}#${++count}`,
      fn,
      skew,
      begunAt: timeline.now(),
      alive: true,
      frozenUntil: 0,
      outlives: false,
    };
    under.add(invocation);
    timeline.after(timeoutOf(fn), () => {
      if (!under.has(invocation) || invocation.outlives) return;
      world().trace.tell(invocation.id, "timed out");
      invocation.alive = false;
      killed(invocation);
    });
    return invocation;
  };
  const killed = (invocation: Invocation): void => void under.delete(invocation);

  /** One handler call; what throws is for the event source to judge. */
  const call = async (invocation: Invocation, fn: FunctionName, event: unknown, about: Partial<Context>): Promise<unknown> => {
    const context: Context = { invocation, owners: new Set(), application: about.application, event: about.event };
    const { portsOf, bug } = world();
    const answer = await handlerOf(fn, portsOf(context))(event);
    return bug.answer?.(fn, answer) ?? answer;
  };

  const invoke: Running["invoke"] = (fn, event, then) => {
    const invocation = begin(fn);
    world().trace.tell(invocation.id, `begins ${JSON.stringify(event).slice(0, 160)}`);
    call(invocation, fn, event, {}).then(
      (answer) => {
        under.delete(invocation);
        then?.(answer);
      },
      (error: unknown) => {
        world().trace.tell(invocation.id, `failed: ${String(error)}`);
        under.delete(invocation);
      },
    );
  };

  /** Each message of a batch is a call of its own here; they live and die together. */
  const work = async (fn: FunctionName, queue: (typeof workers)[number]["queue"], messages: readonly Message[]): Promise<void> => {
    const invocation = begin(fn);
    for (const { id, body } of messages) world().trace.tell(invocation.id, `takes ${id} ${body}`);
    const each: BatchHandler = async () => {
      const answers = await Promise.all(
        messages.map((message) => call(invocation, fn, sqsEvent([message]), subjectOf(message.body)).catch(() => undefined)),
      );
      const failed = messages.filter((_, at) => !succeeded(answers[at]));
      return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
    };
    const store = world().queues[queue];
    const { batchItemFailures } = await hidingAs(fn, each, { invocation, messages, queue: store }, world())(sqsEvent(messages));
    if (!invocation.alive) return;
    under.delete(invocation);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of messages) if (!failed.has(message.id)) store.acknowledge(message);
  };

  const listen = (): void => {
    const { queues, timeline, random } = world();
    for (const { fn, queue } of workers) {
      const batch = shapes[fn].wokenBy.batch;
      const poll = (): void => {
        const messages = queues[queue].receive(1 + random.below(batch));
        if (messages.length > 0) void work(fn, queue, messages);
      };
      queues[queue].onVisible((at) => timeline.at(at + random.between(0.1, 20), poll));
    }
  };

  return { under, killed, invoke, listen };
};

const succeeded = (answer: unknown): boolean =>
  typeof answer === "object" &&
  answer !== null &&
  "batchItemFailures" in answer &&
  Array.isArray(answer.batchItemFailures) &&
  answer.batchItemFailures.length === 0;

const subjectOf = (body: string): Partial<Context> => {
  const message: unknown = JSON.parse(body);
  if (typeof message !== "object" || message === null) return {};
  const { application, event } = { application: undefined, event: undefined, ...message };
  return { application: typeof application === "string" ? application : undefined, event: typeof event === "string" ? event : undefined };
};
