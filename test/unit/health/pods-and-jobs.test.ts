import { describe, expect, it } from "vitest";
import { healthOf } from "../../../shared/health/health.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { condition, live } from "./objects.ts";

const container = (state: JsonObject, more: JsonObject = {}): JsonObject => ({ name: "web", state, ...more });
const waiting = (reason: string, message = ""): JsonObject => container({ waiting: { reason, message } });
const ended = (terminated: JsonObject): JsonObject => container({ terminated });

describe("health of a pod", () => {
  const ready = [condition("Ready", "True")];
  const states: readonly (readonly [string, string, JsonObject, object])[] = [
    ["running and ready", "Always", { phase: "Running", conditions: ready }, { status: "Healthy" }],
    ["running, not ready yet", "Always", { phase: "Running", containerStatuses: [container({ running: {} })] }, { status: "Progressing" }],
    [
      "running after a crash",
      "Always",
      { phase: "Running", containerStatuses: [container({ running: {} }, { lastState: { terminated: { exitCode: 1 } } })] },
      { status: "Degraded", message: "container web ended and the pod is not ready" },
    ],
    [
      "crashing",
      "Always",
      { phase: "Running", containerStatuses: [waiting("CrashLoopBackOff", "back-off 5m0s")] },
      { status: "Degraded", message: "back-off 5m0s" },
    ],
    [
      "without its image",
      "Always",
      { phase: "Pending", containerStatuses: [waiting("ErrImagePull")] },
      { status: "Degraded", message: "container web: ErrImagePull" },
    ],
    [
      "without its configuration",
      "Always",
      { phase: "Pending", containerStatuses: [waiting("CreateContainerConfigError")] },
      { status: "Degraded" },
    ],
    ["being created", "Always", { phase: "Pending", containerStatuses: [waiting("ContainerCreating")] }, { status: "Progressing" }],
    ["pending", "Always", { phase: "Pending", message: "no node fits" }, { status: "Progressing", message: "no node fits" }],
    ["run to its end", "Never", { phase: "Succeeded" }, { status: "Healthy" }],
    ["that will end by itself", "OnFailure", { phase: "Running", conditions: ready }, { status: "Progressing" }],
    [
      "that will end by itself and lacks its image for now",
      "Never",
      { phase: "Pending", containerStatuses: [waiting("ImagePullBackOff")] },
      { status: "Progressing" },
    ],
    [
      "evicted",
      "Always",
      { phase: "Failed", message: "the node was low on memory" },
      { status: "Degraded", message: "the node was low on memory" },
    ],
    [
      "killed for memory",
      "Never",
      { phase: "Failed", containerStatuses: [ended({ reason: "OOMKilled", exitCode: 137 })] },
      { status: "Degraded", message: "OOMKilled" },
    ],
    [
      "failed in an init container",
      "Never",
      { phase: "Failed", initContainerStatuses: [ended({ exitCode: 3 })], containerStatuses: [container({})] },
      { status: "Degraded", message: "container web failed with exit code 3" },
    ],
    ["failed without a word", "Never", { phase: "Failed" }, { status: "Degraded", message: "the pod failed" }],
    ["of a lost node", "Always", { phase: "Unknown" }, { status: "Unknown" }],
  ];
  it.each(states)("%s", (_, restartPolicy, status, expected) => {
    expect(healthOf(live("v1", "Pod", { spec: { restartPolicy }, status }))).toMatchObject(expected);
  });

  it("that ends by itself is judged like any other when annotated so", () => {
    const metadata = { annotations: { "argocd.argoproj.io/ignore-restart-policy": "true" } };
    expect(
      healthOf(live("v1", "Pod", { metadata, spec: { restartPolicy: "Never" }, status: { phase: "Running", conditions: ready } })),
    ).toEqual({ status: "Healthy" });
  });
});

describe("health of a Job", () => {
  const states: readonly (readonly [string, JsonObject, object])[] = [
    ["complete", { conditions: [condition("Complete", "True")] }, { status: "Healthy" }],
    ["running", { active: 1 }, { status: "Progressing" }],
    [
      "failed",
      { conditions: [condition("Failed", "True", "BackoffLimitExceeded", "reached its limit")] },
      { status: "Degraded", message: "reached its limit" },
    ],
    ["suspended", { conditions: [condition("Suspended", "True", "JobSuspended")] }, { status: "Suspended", message: "JobSuspended" }],
    ["resumed", { conditions: [condition("Suspended", "False")] }, { status: "Progressing" }],
  ];
  it.each(states)("%s", (_, status, expected) => expect(healthOf(live("batch/v1", "Job", { status }))).toMatchObject(expected));
});

describe("health of a CronJob", () => {
  const [early, late] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"];
  const states: readonly (readonly [string, JsonObject, JsonObject | undefined, object])[] = [
    ["whose last run succeeded", {}, { lastScheduleTime: early, lastSuccessfulTime: late }, { status: "Healthy" }],
    ["whose last run failed", {}, { lastScheduleTime: late, lastSuccessfulTime: early }, { status: "Degraded" }],
    ["whose run is active", {}, { lastScheduleTime: late, lastSuccessfulTime: early, active: [{}] }, { status: "Healthy" }],
    ["that never succeeded yet", {}, { lastScheduleTime: late }, { status: "Healthy" }],
    ["that never ran yet", {}, {}, { status: "Healthy" }],
    [
      "suspended, however its last run ended",
      { suspend: true },
      { lastScheduleTime: late, lastSuccessfulTime: early },
      { status: "Healthy" },
    ],
    ["just created", {}, undefined, { status: "Progressing" }],
  ];
  it.each(states)("%s", (_, spec, status, expected) => {
    expect(healthOf(live("batch/v1", "CronJob", { spec, ...(status && { status }) }))).toMatchObject(expected);
  });
});
