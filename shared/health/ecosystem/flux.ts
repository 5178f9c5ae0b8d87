/** Flux's own kinds and those of its neighbours: `Ready`, with `Reconciling` beside it while work goes on. */
import type { HealthCheck } from "../check.ts";
import { always, type Clause, field, firstOf, rule, suspended, when } from "../rules.ts";

/** With `Ready` in one of these states, still at work; a failed attempt that is being repeated is a failure. */
const atWork = (ready: "Unknown" | "not True", ...reasons: readonly string[]): Clause => {
  const [judge, reconciling] = [when("Ready", ready, "Progressing"), when("Reconciling", "True", "Progressing", ...reasons)];
  return (live, conditions) => reconciling(live, conditions) && judge(live, conditions);
};

const readyOrNot = firstOf(when("Ready", "True", "Healthy"), when("Ready", "any", "Degraded"));
const ordinary = rule(suspended("spec.suspend"), atWork("Unknown"), readyOrNot);
const source = rule(suspended("spec.suspend"), atWork("Unknown"), when("ArtifactInStorage", "False", "Degraded"), readyOrNot);
// Scanning a registry says Ready: False on its way.
const image = rule(
  suspended("spec.suspend"),
  atWork("Unknown"),
  atWork("not True", "NewGeneration", "Scanning", "AccessingRepository", "ApplyingPolicy"),
  readyOrNot,
);

export const flux: Readonly<Record<string, HealthCheck>> = {
  "kustomize.toolkit.fluxcd.io/*": ordinary,
  "helm.toolkit.fluxcd.io/*": ordinary,
  "source.toolkit.fluxcd.io/*": source,
  "source.toolkit.fluxcd.io/HelmRepository": rule(
    suspended("spec.suspend"),
    // A registry has no index to fetch, so nothing is ever reported of it.
    field("spec.type", { oci: "Healthy" }),
    atWork("Unknown"),
    when("ArtifactInStorage", "False", "Degraded"),
    readyOrNot,
  ),
  "source.extensions.fluxcd.io/*": ordinary,
  "image.toolkit.fluxcd.io/*": image,
  "image.toolkit.fluxcd.io/ImageUpdateAutomation": ordinary,
  "notification.toolkit.fluxcd.io/Receiver": ordinary,
  // Since v1beta3 these two have no status.
  "notification.toolkit.fluxcd.io/Alert": rule(suspended("spec.suspend"), readyOrNot, always("Healthy")),
  "notification.toolkit.fluxcd.io/Provider": rule(suspended("spec.suspend"), readyOrNot, always("Healthy")),
  "infra.contrib.fluxcd.io/*": ordinary,
  "fluxcd.controlplane.io/*": rule(atWork("Unknown"), readyOrNot),
};
