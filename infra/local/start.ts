/** `npm start`: Fairlead on one machine, for a person who watches, or with --demo by itself. */
import { readStartArguments, startHelp } from "./terminal/arguments.ts";
import { runStart } from "./terminal/run-start.ts";

const given = readStartArguments(process.argv.slice(2));
switch (given.kind) {
  case "help":
    console.log(startHelp());
    break;
  case "wrong":
    console.error(`npm start: ${given.message}\n\n${startHelp()}`);
    process.exitCode = 2;
    break;
  case "start":
    await runStart(given.options);
}
