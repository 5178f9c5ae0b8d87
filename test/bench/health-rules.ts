import { healthOf } from "../../shared/health/health.ts";
import { customHealth } from "../../shared/lua/custom-health.ts";
import { noCustomizations } from "../../shared/model/customizations.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { mixedLive } from "./mixed-live.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";

const rounds = 15;

/** One way to judge, with the rate that we promise for it. */
interface Judge {
  readonly name: string;
  readonly judge: (live: Manifest) => unknown;
  /** Objects a second. */
  readonly promised: number;
  readonly text: string;
  /** Objects a round. */
  readonly objects: number;
}

/** As people write one: a look through the conditions. */
const lua = `
local health = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for i, condition in ipairs(obj.status.conditions) do
    if condition.type == "Ready" and condition.status == "False" then
      health.status = "Degraded"
      health.message = condition.message
      return health
    end
    if condition.type == "Ready" and condition.status == "True" then
      health.status = "Healthy"
      return health
    end
  end
end
health.status = "Progressing"
health.message = "waiting for " .. obj.kind .. " " .. obj.metadata.name
return health`;
const scripted = customHealth({ ...noCustomizations, health: [{ group: "*", kind: "*", source: "argocd-cm", lua }] }, () => 0);

const judges: readonly Judge[] = [
  { name: "health-rules", judge: (live) => healthOf(live), promised: 100_000, text: "built-in rules ≥ 100,000 objects/s", objects: 20_000 },
  {
    name: "health-rules-lua",
    judge: (live) => healthOf(live, scripted),
    promised: 1_000,
    text: "a user's script ≥ 1,000 objects/s",
    objects: 500,
  },
];

/** How many live objects of mixed kinds and states are judged in a second, in one process. */
export const healthRules = async (): Promise<readonly BenchResult[]> => judges.map(measured);

const measured = ({ name, judge, promised, text, objects }: Judge): BenchResult => {
  const live = mixedLive(objects);
  rate(live, judge); // the first round also compiles
  const ours = spreadOf(Array.from({ length: rounds }, () => rate(live, judge)));
  return { name, unit: "objects/s", ours, others: {}, goals: [goal(text, ours.median, ours.median >= promised)] };
};

const rate = (live: readonly Manifest[], judge: Judge["judge"]): number => {
  const start = performance.now();
  for (const object of live) judge(object);
  return (live.length * 1000) / (performance.now() - start);
};
