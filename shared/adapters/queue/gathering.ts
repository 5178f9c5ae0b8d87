import type { Outgoing, Queue } from "../../ports/queue.ts";
import { gather } from "../turn.ts";

/** The same queue, where messages that are sent at one moment share batches. When one batch fails, all who sent then repeat: messages may come twice. */
export const gatheringQueue = <Message>(queue: Queue<Message>): Queue<Message> => {
  const send = gather((messages: readonly (readonly Outgoing<Message>[])[]) => queue.send(messages.flat()));
  return { send: async (messages) => (messages.length === 0 ? undefined : send(messages)) };
};
