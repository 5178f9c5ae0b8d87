/** `npm run bundle`: every function's code, as it is deployed and as it runs on one machine, in dist/functions/. */
import { bundleFunctions } from "./bundling/bundle-functions.ts";

const started = performance.now();
const bundles = await bundleFunctions().catch((error: unknown) => {
  // esbuild's message names file and line; its stack is of no use.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
for (const { name, bytes, made } of bundles)
  console.log(`${made ? "made" : "kept"} ${name.padEnd(8)} ${(bytes / 1024).toFixed(0).padStart(6)} kB`);
console.log(`${bundles.length} functions in ${((performance.now() - started) / 1000).toFixed(1)} s`);
