import type { RequestBudget } from "../../shared/model/request-budget.ts";
import type { WorldFault } from "./faults.ts";
import type { Fit } from "./fits.ts";
import { type ApplicationPlan, host, type Plan, type Step } from "./plan.ts";

/** A busy team beside a quiet one: who is who, and when they push. */
export type BusyTeam = Extract<WorldFault, { kind: "busy-team" }>;

export const busyTeamIn = ({ faults }: Plan): BusyTeam | undefined => faults.find((fault): fault is BusyTeam => fault.kind === "busy-team");

export const budgetIn = (plan: Plan): RequestBudget | undefined => busyTeamIn(plan)?.budget;

const repositoryOf = (team: string): string => `${host}/team/${team}.git`;

/** Its one Application, whose repository and project are its own. */
export const quiet = { name: "quiet", project: "quiet", repository: repositoryOf("quiet") } as const;
const busy = "busy";

const applicationOf = (name: string, team: string, cluster: string, objects: number): ApplicationPlan => ({
  name,
  repository: repositoryOf(team),
  project: team,
  tool: "directory",
  cluster,
  namespace: "production",
  selfHeal: true,
  objects: Array.from({ length: objects }, (_, at) => ({ name: `${name}-${at}`, kind: "ConfigMap", wave: 0 })),
});

/** All Applications but one are the busy team's, and most of them change at once; the quiet team pushes while they wait. */
export const withBusyTeam =
  ({ applications: count, at, pushes }: BusyTeam): Fit =>
  (plan, random) => {
    if (plan.applications.some(({ name }) => name === quiet.name)) return plan;
    const cluster = plan.clusters[0] ?? "harbor";
    const names = Array.from({ length: count }, (_, index) => `${busy}-${index}`);
    const herd = names.map((name) => applicationOf(name, busy, cluster, 1 + random.below(3)));
    const changes = names.map((application) => ({ application, how: "bump" as const, index: 0 }));
    const steps = Array.from({ length: pushes }, (_, push): Step => {
      return { at: at + push * 1_000, do: "push", repository: repositoryOf(busy), changes };
    });
    const whileTheyWait: Step = {
      at: at + Math.round(random.between(500, 5_000)),
      do: "push",
      repository: quiet.repository,
      changes: [{ application: quiet.name, how: "bump", index: 0 }],
    };
    return {
      ...plan,
      applications: [
        ...plan.applications.map((each) => ({ ...each, project: busy })),
        ...herd,
        applicationOf(quiet.name, quiet.project, cluster, 1),
      ],
      steps: [...plan.steps, ...steps, whileTheyWait].toSorted((a, b) => a.at - b.at),
    };
  };
