import type { HealthCheck } from "./check.ts";
import { byConditions } from "./conditions.ts";
import { argo } from "./ecosystem/argo.ts";
import { clouds } from "./ecosystem/clouds.ts";
import { data } from "./ecosystem/data.ts";
import { flux } from "./ecosystem/flux.ts";
import { machineLearning } from "./ecosystem/machine-learning.ts";
import { networking } from "./ecosystem/networking.ts";
import { operators } from "./ecosystem/operators.ts";
import { policies } from "./ecosystem/policies.ts";
import { scaling } from "./ecosystem/scaling.ts";
import { secretsAndCertificates } from "./ecosystem/secrets-and-certificates.ts";
import { workloads } from "./ecosystem/workloads.ts";
import { kindChecks } from "./kinds.ts";

/** `group/Kind`, or `group/*` for all of a group, or `*.rest.of.group/*` for all groups below it. */
const checks: ReadonlyMap<string, HealthCheck> = new Map(
  [
    kindChecks,
    argo,
    clouds,
    data,
    flux,
    machineLearning,
    networking,
    operators,
    policies,
    scaling,
    secretsAndCertificates,
    workloads,
  ].flatMap((table) => Object.entries(table)),
);

const below = [...checks].flatMap(([key, check]) => (key.startsWith("*.") ? [{ suffix: key.slice(1, -2), check }] : []));

/** The most exact row wins; a kind without one is judged by its conditions. */
export const findCheck = (group: string, kind: string): HealthCheck =>
  checks.get(`${group}/${kind}`) ?? checks.get(`${group}/*`) ?? below.find(({ suffix }) => group.endsWith(suffix))?.check ?? byConditions;

/** The rows that there are, for tests that hold them all to the same. */
export const rows: readonly string[] = [...checks.keys()];
