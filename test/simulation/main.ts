import { randomBytes } from "node:crypto";
import { bugs } from "./bugs/bugs.ts";
import { type Failed, runCampaign } from "./campaign.ts";
import { help, readCommandLine } from "./command-line.ts";
import { coverageOf, isCovered } from "./coverage.ts";
import { planOf } from "./generate.ts";
import { runOnCores } from "./many-cores.ts";
import { openProgress } from "./progress.ts";
import { coverageTable, describePlan, summaryOf } from "./report.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";

const values = ((): ReturnType<typeof readCommandLine> => {
  try {
    return readCommandLine();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exit(2);
  }
})();

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
  const [seed, most] = [values.seed ?? randomBytes(4).toString("hex"), values.schedules];
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

const describeFailed = ({ seed, violations: [first] }: Failed): string =>
  `${seed}  ${first?.invariant}: ${first?.what}\n  npm run simulate -- --replay ${seed}${values.fault === undefined ? "" : ` --fault ${values.fault}`}`;

const campaign = async (): Promise<boolean> => {
  const [seed, schedules] = [values.seed ?? randomBytes(4).toString("hex"), values.schedules];
  const progress = openProgress({ seed, schedules, describeFailed });
  const result = await runOnCores(values.cores, { schedules, seed, fault: values.fault }, progress.done);
  const seconds = progress.seconds();
  const coverage = coverageOf(result);
  const isGood = result.failed.length === 0 && (values.fault !== undefined || isCovered(coverage, schedules));
  if (values.json) {
    const { settled: _, ...facts } = result;
    say(JSON.stringify({ seed, seconds, ...facts, coverage }));
    return isGood;
  }
  say(`seed ${seed}\n${coverageTable(result)}\n${summaryOf(result, seconds)}`);
  for (const failed of result.failed) say(`\n${describeFailed(failed)}`);
  return isGood;
};

if (values.help) say(help);
else if (values.bugs) process.exitCode = (await deliberate()) ? 0 : 1;
else process.exitCode = (await (values.replay === undefined ? campaign() : replay(values.replay))) ? 0 : 1;
