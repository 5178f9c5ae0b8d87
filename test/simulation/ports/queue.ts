import type { Outgoing, Queue } from "../../../shared/ports/queue.ts";
import type { MessageFault, QueueName } from "../faults.ts";
import type { Call } from "../gate.ts";
import type { Random } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import type { Trace } from "../trace.ts";

export interface Message {
  readonly id: string;
  readonly body: string;
  receives: number;
  visibleAt: number;
}

/** A standard SQS queue: at least once, in any order, hidden while somebody works on it, five tries and then the dead letters. */
export interface QueueStore {
  readonly name: QueueName;
  readonly waiting: Map<string, Message>;
  readonly dead: Message[];
  /** Bodies of all that was ever sent. */
  readonly sent: string[];
  put(body: string, delaySeconds?: number): void;
  /** Up to so many that are visible, hidden from now on. */
  receive(most: number): readonly Message[];
  /** Shows it so many seconds from now and not before; nothing where it is gone. */
  hide(message: Message, seconds: number): void;
  acknowledge(message: Message): void;
  /** Called with the time at which something becomes visible. */
  onVisible(wake: (at: number) => void): void;
}

export interface QueueWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly trace: Trace;
  readonly faults: readonly MessageFault[];
  readonly strike: (fault: MessageFault) => void;
}

export interface QueueShape {
  readonly name: QueueName;
  /** Seconds that a received message is hidden. */
  readonly visibility: number;
  readonly receives: number;
}

export const queueStore = ({ name, visibility, receives }: QueueShape, world: QueueWorld): QueueStore => {
  const { timeline, random, trace } = world;
  const faults = world.faults.filter(({ queue }) => queue === name);
  const waiting = new Map<string, Message>();
  const dead: Message[] = [];
  const sent: string[] = [];
  let wake: (at: number) => void = () => undefined;
  let count = 0;
  let serial = 0;

  const add = (body: string, delay: number): void => {
    const visibleAt = timeline.now() + delay + random.between(2, 15);
    const id = `${name}-${++serial}`;
    waiting.set(id, { id, body, receives: 0, visibleAt });
    wake(visibleAt);
  };

  const put = (body: string, delaySeconds = 0) => {
    count++;
    sent.push(body);
    const fault = faults.find(({ nth }) => nth === count);
    const delay = Math.min(900, Math.max(0, delaySeconds)) * 1000;
    if (fault) world.strike(fault);
    switch (fault?.kind) {
      case undefined:
        return add(body, delay);
      case "message-lost":
        return trace.tell(name, `lost ${body}`);
      case "message-late":
        return add(body, delay + fault.by);
      case "message-copied": {
        for (let copy = 0; copy < fault.copies; copy++) add(body, delay + random.between(0, fault.within));
      }
    }
  };

  return {
    name,
    waiting,
    dead,
    sent,
    put,
    receive: (most) => {
      const now = timeline.now();
      const visible = [...waiting.values()].filter((message) => message.visibleAt <= now);
      const taken: Message[] = [];
      while (taken.length < most && visible.length > 0) {
        const [message] = visible.splice(random.below(visible.length), 1);
        if (message === undefined) break;
        message.receives++;
        if (message.receives > receives) {
          waiting.delete(message.id);
          dead.push(message);
          trace.tell(name, `dead ${message.body}`);
          continue;
        }
        message.visibleAt = now + visibility * 1000;
        wake(message.visibleAt);
        taken.push(message);
      }
      return taken;
    },
    hide: (message, seconds) => {
      if (!waiting.has(message.id)) return;
      message.visibleAt = timeline.now() + seconds * 1000;
      wake(message.visibleAt);
    },
    acknowledge: ({ id }) => void waiting.delete(id),
    onVisible: (next) => {
      wake = next;
    },
  };
};

/** The same queue as one invocation sends to it: batches of 10, each sent or not. */
export const gatedQueue = <M>(store: Pick<QueueStore, "name" | "put">, call: Call): Queue<M> => ({
  send: async (messages) => {
    for (let at = 0; at < messages.length; at += 10) {
      const batch: readonly Outgoing<M>[] = messages.slice(at, at + 10);
      const texts = batch.map(({ body }) => JSON.stringify(body));
      await call("queue", `send-${store.name}`, texts.join(" "), async () => {
        for (const [index, text] of texts.entries()) store.put(text, batch[index]?.delaySeconds);
      });
    }
  },
});
