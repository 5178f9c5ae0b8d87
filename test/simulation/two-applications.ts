import { type ApplicationPlan, host, type ObjectPlan } from "./plan.ts";

/** `web` and `api`, a repository each, for tests of what is done with a plan. */
export const twoApplications = (objectsOf: (name: string) => readonly ObjectPlan[]): readonly ApplicationPlan[] =>
  ["web", "api"].map((name) => ({
    name,
    repository: `${host}/team/${name}.git`,
    tool: "directory",
    cluster: "harbor",
    namespace: "production",
    selfHeal: true,
    objects: objectsOf(name),
  }));
