import type { Campaign } from "./campaign.ts";
import { coverageOf, describeCoverage } from "./coverage.ts";
import { describeFault } from "./faults.ts";
import { faultIds } from "./generate-faults.ts";
import { describeStep, type Plan } from "./plan.ts";
import { points } from "./points.ts";

/** Crash points and fault ids, and how often each was reached. */
export const coverageTable = (campaign: Campaign): string => {
  const { faults, crashes } = campaign;
  const ids = [...new Set([...faultIds, ...Object.keys(faults)])].toSorted();
  const faultRows = ids.map((id) => `  ${id.padEnd(14)}${String(faults[id] ?? 0).padStart(8)}`);
  const crashRows = points.map((point) => {
    const [before, after] = [crashes[`${point} before`] ?? 0, crashes[`${point} after`] ?? 0];
    return `  ${point.padEnd(30)}${String(before).padStart(8)}${String(after).padStart(8)}`;
  });
  return [
    "faults, in how many schedules each struck",
    ...faultRows,
    "crash points                        before   after",
    ...crashRows,
    describeCoverage(coverageOf(campaign)),
  ].join("\n");
};

/** A schedule, for people. */
export const describePlan = ({ applications, control, steps, faults }: Plan): string =>
  [
    ...(control ? ["a control repository declares"] : []),
    ...applications.map(
      ({ name, repository, cluster, tool, selfHeal, objects }) =>
        `Application ${name} of ${repository} (${tool}) on ${cluster}${selfHeal ? "" : ", not healed"}: ${objects.map(({ kind, name: object, wave }) => `${kind} ${object}${wave === 0 ? "" : ` in wave ${wave}`}`).join(", ")}`,
    ),
    ...steps.map(describeStep),
    ...faults.map(describeFault),
  ]
    .map((line) => `  ${line}`)
    .join("\n");

const quantile = (sorted: readonly number[], part: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0) / 1000);

export const summaryOf = ({ schedules, failed, calls, settled, worst }: Campaign, seconds: number): string =>
  [
    `${schedules} schedules in ${seconds.toFixed(1)} s (${Math.round((schedules / seconds) * 60)} a minute), ${Math.round(calls / Math.max(1, schedules))} calls each`,
    `nothing moved any more after ${quantile(settled, 0.5)} s (half), ${quantile(settled, 0.99)} s (99 %), ${quantile(settled, 1)} s (all; ${worst.seed})`,
    `${failed.length} ${failed.length === 1 ? "violation" : "violations"}`,
  ].join("\n");
