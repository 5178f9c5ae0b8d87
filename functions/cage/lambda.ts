import { serveInvocation } from "../../shared/adapters/cage/invoked.ts";
import { machineRoom } from "../../shared/adapters/cage/room.ts";
import { serveFlag, serveStdio, settingsOf } from "../../shared/adapters/cage/stdio.ts";
import { cageHandler } from "./handler.ts";

/** Half of it for the tools before they collect garbage; node and the files in /tmp want some, too. */
const softMemoryBytes = (Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 2048) / 2) * 1024 * 1024;

/** Where the kubectl layer puts its programs. */
const tools = {
  kustomize: { program: "/opt/kubectl/kubectl", arguments: ["kustomize"] },
  helm: { program: "/opt/helm/helm", arguments: [] },
};

export const handler = serveInvocation(cageHandler(machineRoom({ base: "/tmp", tools, softMemoryBytes })));

// On one machine the very same file is started inside namespaces and asked over a pipe.
if (process.argv[2] === serveFlag) {
  await serveStdio(cageHandler(machineRoom(settingsOf(process.argv))), process.stdin, process.stdout);
  process.exit(0);
}
