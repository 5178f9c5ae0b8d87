import type { JsonObject } from "../../../shared/model/json.ts";
import { condition } from "./objects.ts";
import { type Fields, readyOrNot, type State, said, states, status } from "./states.ts";

const parents = (...all: readonly (readonly JsonObject[])[]): Fields => status({ parents: all.map((conditions) => ({ conditions })) });
const accepted = condition("Accepted", "True");
const old = { ...accepted, observedGeneration: 1 };

for (const kind of ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"]) {
  states("gateway.networking.k8s.io/v1", kind, [
    ["just created", {}, "Progressing"],
    ["without a parent", parents(), "Progressing"],
    ["accepted", parents([accepted, condition("ResolvedRefs", "True")]), "Healthy"],
    ["not accepted", parents([condition("Accepted", "False", "NotAllowedByListeners", "namespace")]), "Degraded", "namespace"],
    ["without its backend", parents([accepted, condition("ResolvedRefs", "False", "BackendNotFound")]), "Degraded", "BackendNotFound"],
    ["accepted by one gateway and refused by another", parents([accepted], [condition("Accepted", "False")]), "Degraded"],
    ["accepted before its last change", parents([old]), "Progressing"],
    ["being programmed", parents([accepted, condition("Programmed", "Unknown")]), "Progressing"],
  ]);
}

states("gateway.networking.k8s.io/v1", "Gateway", [
  ["just created", {}, "Progressing"],
  ["waiting for its controller", said(["Accepted", "Unknown", "Pending"], ["Programmed", "Unknown", "Pending"]), "Progressing"],
  ["programmed", said(["Accepted", "True"], ["Programmed", "True"]), "Healthy"],
  ["without an address", said(["Accepted", "True"], ["Programmed", "False", "AddressNotAssigned"]), "Progressing", "AddressNotAssigned"],
  ["refused", said(["Accepted", "False", "InvalidParameters"]), "Degraded"],
  [
    "with a listener whose certificate is missing",
    status({
      ...said(["Accepted", "True"], ["Programmed", "True"]).status,
      listeners: [{ name: "https", conditions: [condition("ResolvedRefs", "False", "InvalidCertificateRef")] }],
    }),
    "Degraded",
    "InvalidCertificateRef",
  ],
]);
states("gateway.networking.k8s.io/v1", "GatewayClass", [
  ...readyOrNot("Accepted"),
  ["accepted before its last change", status({ conditions: [old] }), "Progressing"],
]);
states("gateway.networking.k8s.io/v1", "BackendTLSPolicy", [
  ["just created", {}, "Progressing"],
  ["accepted", status({ ancestors: [{ conditions: [accepted] }] }), "Healthy"],
  ["refused", status({ ancestors: [{ conditions: [condition("Accepted", "False")] }] }), "Degraded"],
  ["that one gateway has not looked at", status({ ancestors: [{ conditions: [accepted] }, { conditions: [old] }] }), "Progressing"],
]);

const istio: readonly State[] = [
  ["in a mesh that writes no status", { spec: { hosts: ["web"] } }, "none"],
  ["on its way to the proxies", said(["Reconciled", "False", "stillPropagating", "61/122 complete"]), "Progressing", "61/122 complete"],
  ["at the proxies", said(["Reconciled", "True"]), "Healthy"],
  ["analysed", said(["PassedAnalysis", "True"]), "Healthy"],
  [
    "that names a gateway which is not there",
    status({ validationMessages: [{ level: "Warn" }, { level: "Error", message: "Referenced gateway not found" }] }),
    "Degraded",
    "Referenced gateway not found",
  ],
];
states("networking.istio.io/v1", "VirtualService", istio);
states("security.istio.io/v1", "AuthorizationPolicy", istio);
states("install.istio.io/v1alpha1", "IstioOperator", [
  ["just created", {}, "Progressing"],
  ["healthy", status({ status: "HEALTHY" }), "Healthy"],
  ["healthy, by number", status({ status: 3 }), "Healthy"],
  ["reconciling", status({ status: "RECONCILING" }), "Progressing"],
  ["in error", status({ status: "ERROR" }), "Degraded"],
  ["not there", status({ status: "NONE" }), "Unknown"],
]);
states("sailoperator.io/v1", "Istio", [
  ["just created", {}, "Progressing"],
  ["ready", said(["Reconciled", "True"], ["Ready", "True"]), "Healthy"],
  ["starting", said(["Reconciled", "True"], ["Ready", "False", "IstiodNotReady"]), "Progressing"],
  ["refused", said(["Reconciled", "False", "ReconcileError"], ["Ready", "False"]), "Degraded", "ReconcileError"],
]);

const valid = (word: string, generation = 2): Fields =>
  status({ conditions: [{ ...condition("Valid", word, "OrphanedProxy"), observedGeneration: generation }] });
for (const kind of ["HTTPProxy", "ExtensionService"]) {
  states("projectcontour.io/v1", kind, [
    ["just created", {}, "Progressing"],
    ["valid", valid("True"), "Healthy"],
    ["invalid", valid("False"), "Degraded", "OrphanedProxy"],
    ["valid before its last change", valid("True", 1), "Progressing"],
    ["that includes others, invalid", { spec: { includes: [{ name: "blog" }] }, ...valid("False") }, "Healthy"],
  ]);
}

const solo: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["accepted", status({ statuses: { "gloo-system": { state: "Accepted" } } }), "Healthy"],
  ["accepted, by number, in the old place", status({ state: 1 }), "Healthy"],
  ["rejected", status({ statuses: { "gloo-system": { state: "Rejected", reason: "no upstream" } } }), "Degraded", "no upstream"],
  ["not looked at yet", status({ statuses: { "gloo-system": { state: "Pending" } } }), "Suspended"],
];
states("gateway.solo.io/v1", "VirtualService", solo);
states("gloo.solo.io/v1", "Upstream", solo);

const admitted = (...words: readonly string[]): Fields =>
  status({ ingress: words.map((word) => ({ conditions: [condition("Admitted", word, "HostAlreadyClaimed")] })) });
states("route.openshift.io/v1", "Route", [
  ["just created", {}, "Progressing"],
  ["admitted everywhere", admitted("True", "True"), "Healthy"],
  ["refused by one router", admitted("True", "False"), "Degraded", "HostAlreadyClaimed"],
  ["not yet seen by one router", admitted("True", "Unknown"), "Progressing"],
]);
states("cilium.io/v2", "CiliumNetworkPolicy", [
  ["that nobody has looked at", {}, "none"],
  ["valid", said(["Valid", "True"]), "Healthy"],
  ["invalid", said(["Valid", "False", "", "bad selector"]), "Degraded", "bad selector"],
]);
states("nmstate.io/v1", "NodeNetworkConfigurationPolicy", [
  ["just created", {}, "Progressing"],
  ["configured", said(["Available", "True"], ["Degraded", "False"]), "Healthy"],
  ["failed", said(["Available", "False"], ["Degraded", "True", "FailedToConfigure"]), "Degraded"],
  ["for no node", said(["Ignored", "True"]), "Suspended"],
]);
