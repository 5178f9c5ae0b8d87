import { resolve } from "node:path";
import { findStack, type StackFile, stackIn } from "../infra/local/stack-file.ts";
import { CommandError, type Stack } from "./command.ts";
import { openStack } from "./open-stack.ts";

/** The stack that keeps its state in `folder`, or else runs in `here` or above it. Throws with what to do when there is none. */
export const openLocalStack = async (here: string, folder?: string): Promise<Stack> => {
  const found = folder === undefined ? await findStack(here) : await stackIn(resolve(here, folder));
  switch (found.state) {
    case "running":
      return openStack(addressOf(found.stack));
    case "stale":
      throw new CommandError("the local stack has ended; start it with npm start, and run this in the same folder");
    case "unreadable":
      throw new CommandError(`${found.path} was written by another version; start the stack again with npm start`);
    default:
      throw new CommandError(
        folder === undefined
          ? "no local stack runs here; start one with npm start, and run this in the same folder, or say where it keeps its state: --folder DIR"
          : `no local stack keeps its state in ${folder}; give the folder that npm start has`,
      );
  }
};

const addressOf = ({ secrets, control, ...stack }: StackFile) => ({ ...stack, secrets: `folder:${secrets}`, control: controlAt(control) });

const controlAt =
  ({ url, token }: StackFile["control"]): Stack["control"] =>
  async (where) => {
    const answer = await fetch(new URL(where, url), { method: "POST", headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new CommandError(messageOf(await answer.text()));
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
