/** The `fairlead` command: the same questions and wishes that the API takes, put to the table of the local stack, or of a deployed one. */
import { userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { openDeployedStack } from "./deployed-stack.ts";
import { openLocalStack } from "./local-stack.ts";
import { run } from "./run.ts";

const { out, error, exitCode } = await run(process.argv.slice(2), {
  stack: ({ folder, deployed, config = "fairlead.yaml" } = {}) =>
    deployed === undefined ? openLocalStack(process.cwd(), folder) : openDeployedStack(deployed, config),
  now: () => Date.now(),
  pause: (milliseconds) => delay(milliseconds),
  say: (line) => void process.stderr.write(`${line}\n`),
  user: userInfo().username,
});
if (out !== "") process.stdout.write(`${out}\n`);
if (error !== "") process.stderr.write(`${error}\n`);
process.exitCode = exitCode;
