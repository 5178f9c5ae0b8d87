import { machineRoom } from "../../shared/adapters/cage/room.ts";
import { serveStdio, settingsOf } from "../../shared/adapters/cage/stdio.ts";
import { cageHandler } from "./handler.ts";

/** The cage on one machine: started by the namespaces adapter inside its namespaces, asked over standard input and output. */
await serveStdio(cageHandler(machineRoom(settingsOf(process.argv))), process.stdin, process.stdout);
process.exit(0);
