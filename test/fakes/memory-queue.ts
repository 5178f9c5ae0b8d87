import type { Outgoing, Queue } from "../../shared/ports/queue.ts";

/** A queue in memory. `sent` is all that was ever sent; `take` hands out what is waiting, delayed ones included, and forgets it. */
export interface MemoryQueue<Message> extends Queue<Message> {
  readonly sent: readonly Outgoing<Message>[];
  take(): readonly Message[];
}

export const memoryQueue = <Message>(): MemoryQueue<Message> => {
  const sent: Outgoing<Message>[] = [];
  let taken = 0;
  return {
    sent,
    send: async (messages) => {
      sent.push(...messages.map((message) => structuredClone(message)));
    },
    take: () => {
      const waiting = sent.slice(taken).map((message) => message.body);
      taken = sent.length;
      return waiting;
    },
  };
};
