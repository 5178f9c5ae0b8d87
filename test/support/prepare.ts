/** Makes what the tests need and a fresh machine lacks, before vitest starts: kubectl, helm, the control plane's programs, our own bundles. */
import { bundleFunctions } from "../../infra/bundling/bundle-functions.ts";
import { controlPlanePrograms } from "../../infra/local/control-plane/binaries.ts";
import type { Progress } from "../../infra/local/control-plane/progress.ts";
import { localTools } from "../../infra/local/tools.ts";

/** Prints a line when the message changes or another tenth is done: readable in a terminal and in a build server's log. */
function printer(): (progress: Progress) => void {
  let last = "";
  return ({ message, done }) => {
    const line = done === undefined ? message : `${message}: ${Math.floor(done * 10) * 10} %`;
    if (line !== last) console.log(line);
    last = line;
  };
}

await localTools();
await controlPlanePrograms(printer());
await bundleFunctions();
