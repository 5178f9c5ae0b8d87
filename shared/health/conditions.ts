import { isJsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { HealthCheck } from "./check.ts";
import { crossplane } from "./ecosystem/clouds.ts";
import { conditionsOf, numberAt, objectAt, wordsOf } from "./fields.ts";

/**
 * Any kind, by kstatus's conventions: an observedGeneration behind the generation, `Reconciling` and a `Ready` that is not yet true mean
 * that its controller is at work, `Stalled` that it gave up. An object that has none of these says nothing.
 */
export const byConditions: HealthCheck = (live) => (isComposite(live) ? crossplane(live) : byKstatus(live));

/** Crossplane's composite resources have groups and kinds that their platform's team made up. */
const isComposite = ({ spec }: Manifest): boolean =>
  isJsonObject(spec) && (spec.compositionRef !== undefined || objectAt(spec, "crossplane").compositionRef !== undefined);

const byKstatus: HealthCheck = (live) => {
  const observed = numberAt(live, "status", "observedGeneration");
  const { generation } = live.metadata;
  if (observed !== undefined && generation !== undefined && observed < generation) {
    return { status: "Progressing", message: "waiting for its controller to see the change" };
  }
  const conditions = conditionsOf(live);
  const condition = (type: string) => conditions.find((each) => each.type === type);

  const stalled = condition("Stalled");
  if (stalled?.status === "True") return { status: "Degraded", message: wordsOf(stalled) };
  const reconciling = condition("Reconciling");
  if (reconciling?.status === "True") return { status: "Progressing", message: wordsOf(reconciling) };
  const ready = condition("Ready");
  if (ready) return ready.status === "True" ? { status: "Healthy" } : { status: "Progressing", message: wordsOf(ready) };
  return stalled || reconciling || observed !== undefined ? { status: "Healthy" } : undefined;
};
