/** `npm run bench [-- --json] [-- --only NAME]`: every figure that we quote, side by side with the peer on the same machine in the same run. */
import { parseArgs } from "node:util";
import { benches, benchNamed } from "./benches.ts";
import type { BenchResult } from "./result.ts";
import { tableOf } from "./table.ts";

const usage = `npm run bench -- [--json] [--only NAME]…

  --json        only the results, as a JSON array
  --only NAME   one of: ${Object.keys(benches).join(", ")}`;

const { values } = parseArgs({
  options: { json: { type: "boolean" }, only: { type: "string", multiple: true }, help: { type: "boolean" } },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const unknown = (values.only ?? []).filter((name) => benchNamed(name) === undefined);
if (unknown.length > 0) {
  console.error(`there is no bench ${unknown.join(", ")}\n\n${usage}`);
  process.exit(2);
}

const wanted = values.only?.map(benchNamed);
const results: BenchResult[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (wanted && !wanted.includes(name)) continue;
  if (!values.json) process.stderr.write(`${name} …\n`);
  results.push(...(await bench()));
}
console.log(JSON.stringify(results, undefined, values.json ? undefined : 2));
if (!values.json) console.log(`\n${tableOf(results)}`);
process.exit(0);
