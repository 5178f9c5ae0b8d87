import type { HealthCheck } from "../check.ts";
import { type Condition, conditionsOf, wordsOf } from "../fields.ts";

export const crdHealth: HealthCheck = (live) => {
  const conditions = conditionsOf(live);
  if (conditions.length === 0) return { status: "Progressing", message: "waiting to be established" };
  const condition = (type: string, status: string) => conditions.find((each) => each.type === type && each.status === status);
  const terminating = condition("Terminating", "True");
  if (terminating) return { status: "Progressing", message: wordsOf(terminating) };
  const names = condition("NamesAccepted", "False");
  if (names) return { status: "Degraded", message: `its names are not accepted: ${wordsOf(names)}` };
  if (!condition("Established", "True")) return notEstablished(conditions.find(({ type }) => type === "Established"));
  const schema = condition("NonStructuralSchema", "True");
  return schema ? { status: "Degraded", message: `its schema is not structural: ${wordsOf(schema)}` } : { status: "Healthy" };
};

/** For a moment after the names were accepted a new CRD is not served yet; that is no failure. */
const notEstablished = (established: Condition | undefined) =>
  established === undefined || established.reason === "Installing"
    ? ({ status: "Progressing", message: "waiting to be established" } as const)
    : ({ status: "Degraded", message: "it is not established" } as const);
