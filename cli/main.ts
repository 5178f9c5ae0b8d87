/** The `fairlead` command: the same questions and wishes that the API takes, put to the table of the local stack. */
import { userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { openLocalStack } from "./local-stack.ts";
import { run } from "./run.ts";

const { out, error, exitCode } = await run(process.argv.slice(2), {
  stack: (folder) => openLocalStack(process.cwd(), folder),
  now: () => Date.now(),
  pause: (milliseconds) => delay(milliseconds),
  say: (line) => void process.stderr.write(`${line}\n`),
  user: userInfo().username,
});
if (out !== "") process.stdout.write(`${out}\n`);
if (error !== "") process.stderr.write(`${error}\n`);
process.exitCode = exitCode;
