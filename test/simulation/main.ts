import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { bugs } from "./bugs/bugs.ts";
import { type Campaign, runCampaign } from "./campaign.ts";
import { coverageOf } from "./coverage.ts";
import { planOf } from "./generate.ts";
import { coverageTable, describePlan, summaryOf } from "./report.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";

const help = `npm run simulate -- [options]

Runs the real handlers on simulated ports under a virtual clock, in schedules that a seed decides.

  --schedules N   how many (1000)
  --seed S        the campaign's seed; a fresh one without it. Schedule k has the seed S.k
  --fault F-09    every schedule has this fault
  --replay S.k    one schedule: what it is, its trace, and the smallest one that still fails
  --bugs          how many schedules it takes to find each deliberate bug (at most N)
  --trace         prints every call of a replay
  --json          the result as JSON
`;

const { values } = parseArgs({
  options: {
    schedules: { type: "string", default: "1000" },
    seed: { type: "string" },
    fault: { type: "string" },
    replay: { type: "string" },
    bugs: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Shows one schedule, and the smallest one that fails as it does. */
const replay = async (seed: string): Promise<boolean> => {
  const plan = planOf(seed, { fault: values.fault });
  const outcome = await simulate(plan, { trace: true });
  say(`schedule ${seed}\n${describePlan(plan)}`);
  if (values.trace) say(outcome.lines.join("\n"));
  const [first] = outcome.violations;
  if (first === undefined) {
    say(`no violation; trace ${outcome.digest}`);
    return true;
  }
  for (const { invariant, what, at } of outcome.violations) say(`${(at / 1000).toFixed(3)} s  ${invariant}: ${what}`);
  const smallest = await shrink(plan, async (candidate) =>
    (await simulate(candidate)).violations.some(({ invariant }) => invariant === first.invariant),
  );
  const shrunk = await simulate(smallest, { trace: true });
  say(`\nthe smallest schedule that still breaks "${first.invariant}"\n${describePlan(smallest)}`);
  say(shrunk.lines.filter((line) => values.trace || !/ table\.due | → undefined$/.test(line)).join("\n"));
  return false;
};

/** Switches each deliberate bug on, and says how many schedules it took to find it. */
const deliberate = async (): Promise<boolean> => {
  const [seed, most] = [values.seed ?? randomBytes(4).toString("hex"), Number(values.schedules)];
  say(`seed ${seed}`);
  let found = 0;
  for (const bug of bugs) {
    const { schedules, failed } = await runCampaign({ schedules: most, seed, bug, untilFirst: true });
    const [first] = failed[0]?.violations ?? [];
    if (first) found++;
    say(`${String(schedules).padStart(6)} schedules  ${bug.name}: ${first?.invariant ?? "not found"}`);
  }
  say(`${found} of ${bugs.length} found`);
  return found === bugs.length;
};

const campaign = async (): Promise<boolean> => {
  const seed = values.seed ?? randomBytes(4).toString("hex");
  const begun = performance.now();
  const result: Campaign = await runCampaign({ schedules: Number(values.schedules), seed, fault: values.fault });
  const seconds = (performance.now() - begun) / 1000;
  const fault = values.fault === undefined ? "" : ` --fault ${values.fault}`;
  if (values.json) {
    const { settled: _, ...facts } = result;
    say(JSON.stringify({ seed, seconds, ...facts, coverage: coverageOf(result) }));
    return result.failed.length === 0;
  }
  say(`seed ${seed}\n${coverageTable(result)}\n${summaryOf(result, seconds)}`);
  for (const failed of result.failed) {
    const [first] = failed.violations;
    say(`\n${failed.seed}  ${first?.invariant}: ${first?.what}\n  npm run simulate -- --replay ${failed.seed}${fault}`);
  }
  return result.failed.length === 0;
};

if (values.help) say(help);
else if (values.bugs) process.exitCode = (await deliberate()) ? 0 : 1;
else process.exitCode = (await (values.replay === undefined ? campaign() : replay(values.replay))) ? 0 : 1;
