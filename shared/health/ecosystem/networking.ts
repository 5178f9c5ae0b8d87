/** Gateway API, Istio, Contour, Gloo, OpenShift's routes: whether what was asked for was accepted, and reaches the proxies. */
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Health, HealthCheck } from "../check.ts";
import { type Condition, conditionsIn, objectAt, objectsAt, wordsOf } from "../fields.ts";
import { type Clause, field, goodOrBad, inList, rule, ruleIfAny, when, withConditions } from "../rules.ts";

const isPresent = (observed: number | undefined, generation: number | undefined): boolean =>
  observed === undefined || generation === undefined || observed === generation;

/** One place where a route, a gateway or a policy is attached: what was said there of this generation. */
const attached = (conditions: readonly Condition[], generation: number | undefined): Health | undefined => {
  const present = conditions.filter(({ observedGeneration }) => isPresent(observedGeneration, generation));
  const bad = present.find(({ type, status }) => ["ResolvedRefs", "Accepted"].includes(type) && status === "False");
  if (bad) return { status: "Degraded", message: wordsOf(bad) };
  const slow = present.find(({ type, status }) => type === "Programmed" && status !== "True");
  if (slow) return { status: "Progressing", message: wordsOf(slow) };
  // Something older than the newest change is no word on it.
  return present.length > 0 && present.length === conditions.length ? { status: "Healthy" } : undefined;
};

/** Each place by itself: one that refuses is enough, and one that has yet to speak is waited for. */
const everywhere = (live: Manifest, places: readonly (readonly Condition[])[]): Health | undefined => {
  const judged = places.map((conditions) => attached(conditions, live.metadata.generation));
  const worst = ["Degraded", "Progressing"].flatMap((status) => judged.filter((health) => health?.status === status))[0];
  if (worst) return worst;
  return judged.some((health) => health?.status === "Healthy") ? { status: "Healthy" } : undefined;
};

const under =
  (list: string): Clause =>
  (live) =>
    everywhere(
      live,
      objectsAt(live, "status", list).map(({ conditions }) => conditionsIn(conditions)),
    );

/** A policy is one thing wherever it is attached, so that one place that has not looked yet is waited for. */
const policy: Clause = (live, conditions) => {
  const places = objectsAt(live, "status", "ancestors").map((ancestor) => conditionsIn(ancestor.conditions));
  const stale = places.flat().some(({ observedGeneration }) => !isPresent(observedGeneration, live.metadata.generation));
  return stale ? { status: "Progressing", message: "waiting for its newest form to be looked at" } : under("ancestors")(live, conditions);
};

const gateway: Clause = (live, conditions) =>
  everywhere(
    live,
    [conditions, ...objectsAt(live, "status", "listeners").map((listener) => conditionsIn(listener.conditions))].filter(
      ({ length }) => length > 0,
    ),
  );

const gatewayClass: Clause = (live, conditions) =>
  goodOrBad("Accepted")(
    live,
    conditions.filter(({ observedGeneration }) => isPresent(observedGeneration, live.metadata.generation)),
  );

/** Off unless asked for at installation, so that most objects say nothing at all. */
const istio = ruleIfAny(
  inList("status.validationMessages", "level", { Error: "Degraded", ERROR: "Degraded" }),
  when("Reconciled", "not True", "Progressing"),
  when("Reconciled", "True", "Healthy"),
  when("PassedAnalysis", "True", "Healthy"),
);

const solo = {
  Accepted: "Healthy",
  "1": "Healthy",
  Warning: "Degraded",
  "3": "Degraded",
  Rejected: "Degraded",
  "2": "Degraded",
  Pending: "Suspended",
  "0": "Suspended",
} as const;

const gloo = rule(
  (live, conditions) => {
    for (const told of Object.values(objectAt(live, "status", "statuses"))) {
      const health = isJsonObject(told) ? soloState(told, conditions) : undefined;
      if (health) return health;
    }
    return undefined;
  },
  field("status.state", solo),
);
const soloState = (told: JsonObject, conditions: readonly Condition[]): Health | undefined =>
  field("status.state", solo)({ apiVersion: "", kind: "", metadata: { name: "" }, status: { ...told, message: told.reason } }, conditions);

/** Only conditions of this generation count, and a proxy that includes others is whole without one of them. */
const contour: Clause = (live, conditions) => {
  const valid = conditions.find(({ type, observedGeneration }) => type === "Valid" && observedGeneration === live.metadata.generation);
  if (!valid) return undefined;
  if (valid.status === "True" || objectAt(live, "spec").includes !== undefined) return { status: "Healthy" };
  return { status: "Degraded", message: wordsOf(valid) };
};

const route: Clause = (live) => {
  const admitted = objectsAt(live, "status", "ingress").map(({ conditions }) =>
    conditionsIn(conditions).find(({ type }) => type === "Admitted"),
  );
  const refused = admitted.find((condition) => condition?.status === "False");
  if (refused) return { status: "Degraded", message: wordsOf(refused) };
  return admitted.length > 0 && admitted.every((condition) => condition?.status === "True") ? { status: "Healthy" } : undefined;
};

export const networking: Readonly<Record<string, HealthCheck>> = {
  "gateway.networking.k8s.io/Gateway": rule(gateway),
  "gateway.networking.k8s.io/ListenerSet": rule(gateway),
  "gateway.networking.k8s.io/GatewayClass": rule(gatewayClass),
  "gateway.networking.k8s.io/HTTPRoute": rule(under("parents")),
  "gateway.networking.k8s.io/GRPCRoute": rule(under("parents")),
  "gateway.networking.k8s.io/TCPRoute": rule(under("parents")),
  "gateway.networking.k8s.io/TLSRoute": rule(under("parents")),
  "gateway.networking.k8s.io/UDPRoute": rule(under("parents")),
  "gateway.networking.k8s.io/BackendTLSPolicy": rule(policy),
  "networking.istio.io/*": istio,
  "security.istio.io/*": istio,
  "telemetry.istio.io/*": istio,
  "extensions.istio.io/*": istio,
  "install.istio.io/IstioOperator": rule(
    field("status.status", {
      NONE: "Unknown",
      "0": "Unknown",
      UPDATING: "Progressing",
      "1": "Progressing",
      RECONCILING: "Progressing",
      "2": "Progressing",
      HEALTHY: "Healthy",
      "3": "Healthy",
      ERROR: "Degraded",
      "4": "Degraded",
    }),
  ),
  "sailoperator.io/*": rule(
    when("Reconciled", "False", "Degraded"),
    when("Ready", "not True", "Progressing"),
    when("Ready", "True", "Healthy"),
  ),
  "gateway.solo.io/*": gloo,
  "gloo.solo.io/*": gloo,
  "projectcontour.io/HTTPProxy": rule(contour),
  "projectcontour.io/ExtensionService": rule(contour),
  "route.openshift.io/Route": rule(route),
  "cilium.io/CiliumNetworkPolicy": ruleIfAny(goodOrBad("Valid")),
  "cilium.io/CiliumClusterwideNetworkPolicy": ruleIfAny(goodOrBad("Valid")),
  "nmstate.io/NodeNetworkConfigurationPolicy": rule(
    when("Available", "True", "Healthy"),
    when("Degraded", "True", "Degraded"),
    when("Progressing", "True", "Progressing"),
    when("Ignored", "True", "Suspended"),
    withConditions("Progressing", "waiting for its nodes"),
  ),
};
