/** `npm run soak -- --help`: the deployed bundles, real clusters and a real Git host under random pushes and random faults. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startControlPlane } from "../../infra/local/control-plane/start.ts";
import { randomOf } from "../simulation/random.ts";
import { startRunningStack } from "../support/running-stack.ts";
import { soak } from "./run.ts";
import { soakApplications } from "./wished.ts";

const usage = `npm run soak -- [--minutes 30] [--applications 200] [--seed N] [--patience 40] [--json]

Random pushes and random faults (killed functions, clusters that go away, table and queues killed and started again, lost
webhooks, edits by hand), then waits until every cluster equals Git. Exit code 1 when one does not.

  --patience M   minutes that everything may take to come to rest at the end
  --json         only the result, as JSON`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    applications: { type: "string", default: "200" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    patience: { type: "string", default: "40" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const [minutes, count, seed, patienceMinutes] = [values.minutes, values.applications, values.seed, values.patience].map(Number);
if (![minutes, count, seed, patienceMinutes].every((number) => number !== undefined && number >= 0)) {
  console.error(`minutes, applications, seed and patience are numbers\n\n${usage}`);
  process.exit(2);
}

const began = Date.now();
const tell = (line: string) => {
  if (!values.json) console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`);
};
tell(`seed ${seed}`);
const folder = await mkdtemp(join(tmpdir(), "fairlead-soak-"));
const clusters = await Promise.all(["quay", "harbor"].map((name) => startControlPlane({ name, folder: join(folder, name) })));
const stack = await startRunningStack(clusters, { durable: true, every: { sweep: 30, poll: 60, drift: 20 } });
const applications = soakApplications(
  count ?? 0,
  clusters.map(({ name }) => name),
);
const world = { stack, clusters, applications, random: randomOf("soak", seed ?? 0) };
const result = await soak({ minutes: minutes ?? 0, patienceMinutes: patienceMinutes ?? 0 }, world, tell);
console.log(JSON.stringify({ seed, applications: count, minutes, ...result }, undefined, values.json ? undefined : 2));
await stack.stop();
await Promise.all(clusters.map((cluster) => cluster.stop()));
await rm(folder, { recursive: true, force: true });
process.exit(result.settledAfter === undefined ? 1 : 0);
