import { describe, expect, it } from "vitest";
import { healthOf } from "../../../shared/health/health.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { condition, live } from "./objects.ts";

const seen = { observedGeneration: 2 };

describe("health of a Deployment", () => {
  const rolledOut = { ...seen, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
  const states: readonly (readonly [string, JsonObject, JsonObject, object])[] = [
    ["rolled out", {}, rolledOut, { status: "Healthy" }],
    ["paused", { paused: true }, rolledOut, { status: "Suspended" }],
    [
      "changed and not yet looked at",
      {},
      { ...rolledOut, observedGeneration: 1 },
      { status: "Progressing", message: "waiting for the change to be observed" },
    ],
    ["just created", {}, {}, { status: "Progressing" }],
    ["with old pods only", {}, { ...rolledOut, updatedReplicas: 1 }, { status: "Progressing", message: "1 of 3 replicas are updated" }],
    ["with old pods left", {}, { ...rolledOut, replicas: 4 }, { status: "Progressing", message: "1 old replicas are yet to end" }],
    [
      "with pods not ready",
      {},
      { ...rolledOut, availableReplicas: 1 },
      { status: "Progressing", message: "1 of 3 updated replicas are available" },
    ],
    [
      "past its deadline",
      {},
      { ...rolledOut, updatedReplicas: 1, conditions: [condition("Progressing", "False", "ProgressDeadlineExceeded", "web timed out")] },
      { status: "Degraded", message: "web timed out" },
    ],
    ["scaled to nothing", { replicas: 0 }, seen, { status: "Healthy" }],
  ];
  it.each(states)("%s", (_, spec, status, expected) => {
    expect(healthOf(live("apps/v1", "Deployment", { spec: { replicas: 3, ...spec }, status }))).toMatchObject(expected);
  });
});

describe("health of a ReplicaSet", () => {
  const states: readonly (readonly [string, JsonObject, object])[] = [
    ["complete", { ...seen, availableReplicas: 3 }, { status: "Healthy" }],
    ["not yet looked at", { availableReplicas: 3 }, { status: "Progressing" }],
    ["with pods missing", { ...seen, availableReplicas: 1 }, { status: "Progressing", message: "1 of 3 replicas are available" }],
    [
      "that may not create pods",
      { ...seen, conditions: [condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota")] },
      { status: "Degraded", message: "exceeded quota" },
    ],
  ];
  it.each(states)("%s", (_, status, expected) => {
    expect(healthOf(live("apps/v1", "ReplicaSet", { spec: { replicas: 3 }, status }))).toMatchObject(expected);
  });
});

describe("health of a StatefulSet", () => {
  const rolling = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } } };
  const complete = { ...seen, readyReplicas: 3, updatedReplicas: 3, currentRevision: "a", updateRevision: "a" };
  const states: readonly (readonly [string, JsonObject, JsonObject, object])[] = [
    ["rolled out", rolling, complete, { status: "Healthy" }],
    ["not yet looked at", rolling, { ...complete, observedGeneration: 1 }, { status: "Progressing" }],
    ["just created", rolling, {}, { status: "Progressing" }],
    ["with pods not ready", rolling, { ...complete, readyReplicas: 2 }, { status: "Progressing", message: "2 of 3 replicas are ready" }],
    ["rolling over", rolling, { ...complete, updatedReplicas: 1 }, { status: "Progressing", message: "1 of 3 replicas are updated" }],
    [
      "rolled out down to its partition",
      { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } },
      { ...complete, updatedReplicas: 1, updateRevision: "b" },
      { status: "Healthy" },
    ],
    [
      "waiting for somebody to delete its pods",
      { updateStrategy: { type: "OnDelete" } },
      { ...complete, updateRevision: "b" },
      { status: "Healthy" },
    ],
    ["at two revisions", {}, { ...complete, updateRevision: "b" }, { status: "Progressing" }],
  ];
  it.each(states)("%s", (_, spec, status, expected) => {
    expect(healthOf(live("apps/v1", "StatefulSet", { spec: { replicas: 3, ...spec }, status }))).toMatchObject(expected);
  });
});

describe("health of a DaemonSet", () => {
  const complete = { ...seen, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 };
  const states: readonly (readonly [string, JsonObject, JsonObject, object])[] = [
    ["on every node", {}, complete, { status: "Healthy" }],
    ["not yet looked at", {}, { ...complete, observedGeneration: 1 }, { status: "Progressing" }],
    [
      "updated on some nodes",
      {},
      { ...complete, updatedNumberScheduled: 1 },
      { status: "Progressing", message: "1 of 3 pods are updated" },
    ],
    ["with pods not ready", {}, { ...complete, numberAvailable: 2 }, { status: "Progressing", message: "2 of 3 pods are available" }],
    [
      "waiting for somebody to delete its pods",
      { updateStrategy: { type: "OnDelete" } },
      { ...complete, updatedNumberScheduled: 0 },
      { status: "Healthy" },
    ],
  ];
  it.each(states)("%s", (_, spec, status, expected) => {
    expect(healthOf(live("apps/v1", "DaemonSet", { spec, status }))).toMatchObject(expected);
  });
});
