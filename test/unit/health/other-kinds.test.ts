import { describe, expect, it } from "vitest";
import { healthOf } from "../../../shared/health/health.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { condition, live } from "./objects.ts";

type State = readonly [
  state: string,
  fields: { readonly spec?: JsonObject; readonly status?: JsonObject; readonly metadata?: JsonObject },
  expected: object | undefined,
];
const addressed = { loadBalancer: { ingress: [{ hostname: "lb.example" }] } };

const table = (apiVersion: string, kind: string, states: readonly State[]) =>
  describe(`health of ${kind} in ${apiVersion}`, () => {
    it.each(states)("%s", (_, fields, expected) => {
      const health = healthOf(live(apiVersion, kind, fields));
      if (expected === undefined) expect(health).toBeUndefined();
      else expect(health).toMatchObject(expected);
    });
  });

table("v1", "Service", [
  ["inside the cluster", { spec: { type: "ClusterIP" } }, { status: "Healthy" }],
  ["with its load balancer", { spec: { type: "LoadBalancer" }, status: addressed }, { status: "Healthy" }],
  ["without its load balancer yet", { spec: { type: "LoadBalancer" }, status: { loadBalancer: {} } }, { status: "Progressing" }],
]);

for (const apiVersion of ["networking.k8s.io/v1", "extensions/v1beta1"]) {
  table(apiVersion, "Ingress", [
    ["with an address", { status: addressed }, { status: "Healthy" }],
    ["without one yet", {}, { status: "Progressing" }],
  ]);
}

table("v1", "PersistentVolumeClaim", [
  ["bound", { status: { phase: "Bound" } }, { status: "Healthy" }],
  ["pending", { status: { phase: "Pending" } }, { status: "Progressing" }],
  ["lost", { status: { phase: "Lost" } }, { status: "Degraded" }],
  ["without a phase", {}, { status: "Unknown" }],
]);

table("apiregistration.k8s.io/v1", "APIService", [
  ["available", { status: { conditions: [condition("Available", "True")] } }, { status: "Healthy" }],
  [
    "not available",
    { status: { conditions: [condition("Available", "False", "MissingEndpoints", "no endpoints")] } },
    { status: "Progressing", message: "no endpoints" },
  ],
  ["just created", {}, { status: "Progressing" }],
]);

const accepted = condition("NamesAccepted", "True");
table("apiextensions.k8s.io/v1", "CustomResourceDefinition", [
  ["established", { status: { conditions: [accepted, condition("Established", "True")] } }, { status: "Healthy" }],
  ["just created", {}, { status: "Progressing" }],
  [
    "accepted, not yet established",
    { status: { conditions: [accepted, condition("Established", "False", "Installing")] } },
    { status: "Progressing" },
  ],
  [
    "whose names are taken",
    { status: { conditions: [condition("NamesAccepted", "False", "", "kind is taken")] } },
    { status: "Degraded", message: "its names are not accepted: kind is taken" },
  ],
  [
    "going away",
    { status: { conditions: [condition("Terminating", "True"), condition("Established", "True")] } },
    { status: "Progressing" },
  ],
  [
    "without a structural schema",
    { status: { conditions: [condition("Established", "True"), condition("NonStructuralSchema", "True")] } },
    { status: "Degraded" },
  ],
]);

const scaling = [
  ["able to scale", [condition("AbleToScale", "True", "ReadyForNewScale")], { status: "Healthy" }],
  ["at its limit", [condition("ScalingLimited", "True", "TooManyReplicas")], { status: "Healthy" }],
  [
    "without metrics",
    [condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics")],
    { status: "Degraded", message: "no metrics" },
  ],
  ["without its target", [condition("AbleToScale", "False", "FailedGetScale", "not found")], { status: "Degraded" }],
  ["just created", [], { status: "Progressing" }],
] as const;
table(
  "autoscaling/v2",
  "HorizontalPodAutoscaler",
  scaling.map(([state, conditions, expected]): State => [state, { status: { conditions } }, expected]),
);
table(
  "autoscaling/v1",
  "HorizontalPodAutoscaler",
  scaling.map(([state, conditions, expected]): State => {
    const annotations = { "autoscaling.alpha.kubernetes.io/conditions": JSON.stringify(conditions) };
    return [state, { metadata: { annotations } }, expected];
  }),
);

table("example.org/v1", "Widget", [
  ["ready", { status: { observedGeneration: 2, conditions: [condition("Ready", "True")] } }, { status: "Healthy" }],
  [
    "not ready",
    { status: { conditions: [condition("Ready", "False", "Waiting", "waiting for DNS")] } },
    { status: "Progressing", message: "waiting for DNS" },
  ],
  [
    "not known to be ready",
    { status: { conditions: [condition("Ready", "Unknown", "Checking")] } },
    { status: "Progressing", message: "Checking" },
  ],
  [
    "ready before the last change",
    { status: { observedGeneration: 1, conditions: [condition("Ready", "True")] } },
    { status: "Progressing" },
  ],
  [
    "at work",
    { status: { conditions: [condition("Reconciling", "True", "", "installing"), condition("Ready", "True")] } },
    { status: "Progressing", message: "installing" },
  ],
  [
    "given up",
    { status: { conditions: [condition("Reconciling", "True"), condition("Stalled", "True", "BadSpec", "no such chart")] } },
    { status: "Degraded", message: "no such chart" },
  ],
  ["seen, without conditions", { status: { observedGeneration: 2 } }, { status: "Healthy" }],
  ["with conditions of its own", { status: { conditions: [condition("Flying", "True")] } }, undefined],
  ["without a status", { spec: {} }, undefined],
  [
    "being deleted",
    { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" }, status: { conditions: [condition("Ready", "True")] } },
    { status: "Progressing" },
  ],
  ["with a status of another shape", { status: { conditions: { Ready: true }, observedGeneration: "2" } }, undefined],
]);

table("v1", "ConfigMap", [["of any content", {}, undefined]]);
