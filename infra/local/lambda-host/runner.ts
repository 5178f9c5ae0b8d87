/**
 * The process of one function: loads its bundle, as Lambda's runtime does, and calls its handler for every event the host sends. Several
 * events may be under way at once: on AWS each would have an environment of its own. Ends with its host.
 */
import { enableCompileCache } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ToHost, ToRunner } from "./wire.ts";

const [bundle = ""] = process.argv.slice(2);
const tell = (message: ToHost): void => {
  process.send?.(message);
};

process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole group; the host decides when work is finished.
process.on("SIGINT", () => undefined);

// Compiling the AWS SDK is half of a start; the cache lies beside the bundles and is keyed by their content.
enableCompileCache(join(dirname(bundle), "../../compile-cache"));
const loaded: Readonly<Record<string, unknown>> = await import(pathToFileURL(bundle).href);
const { handler } = loaded;
if (typeof handler !== "function") throw new Error(`${bundle} exports no function called handler`);

process.on("message", async (message) => {
  const { id, event, deadline } = ToRunner.parse(message);
  const context = {
    awsRequestId: `local-${process.pid}-${id}`,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const result: unknown = await handler(event, context);
    tell({ kind: "done", id, result: result ?? null });
  } catch (error) {
    tell({ kind: "failed", id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    console.error(error);
  }
});
tell({ kind: "ready" });
