import { findStack, type StackFile } from "../infra/local/stack-file.ts";
import { openQueues, sqsQueue } from "../shared/adapters/queue/sqs.ts";
import { openTable } from "../shared/adapters/table/open.ts";
import { CommandError, type Stack } from "./command.ts";

/** The stack that runs in this folder or above it. Throws with what to do when there is none. */
export const openLocalStack = async (folder: string): Promise<Stack> => {
  const found = await findStack(folder);
  switch (found.state) {
    case "running":
      return stackOf(found.stack);
    case "stale":
      throw new CommandError("the local stack has ended; start it with npm start, and run this in the same folder");
    case "unreadable":
      throw new CommandError(`${found.path} was written by another version; start the stack again with npm start`);
    default:
      throw new CommandError("no local stack runs here; start one with npm start, and run this in the same folder");
  }
};

const stackOf = ({ aws, table, queues, control }: StackFile): Stack => {
  // The SDK reads its endpoints and credentials from the environment, here as in the functions.
  Object.assign(process.env, aws);
  const client = openQueues();
  return {
    table: openTable(table),
    pushes: sqsQueue(client, queues.pushes),
    // On one machine every cluster is reached by the same functions.
    syncsOf: () => sqsQueue(client, queues.syncs.public ?? Object.values(queues.syncs)[0] ?? ""),
    control: async (path) => {
      const answer = await fetch(new URL(path, control.url), { method: "POST", headers: { authorization: `Bearer ${control.token}` } });
      if (!answer.ok) throw new CommandError(messageOf(await answer.text()));
    },
  };
};

const messageOf = (body: string): string => {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return String(parsed.message);
  } catch {
    // Not ours: told as it came.
  }
  return `the local stack answered: ${body.slice(0, 200)}`;
};
