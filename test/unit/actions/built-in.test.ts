import { describe, expect, it } from "vitest";
import { listActions, planAction } from "../../../shared/actions/plan-action.ts";
import { noCustomizations } from "../../../shared/model/customizations.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";

const now = Date.UTC(2026, 0, 31, 12, 30, 5);
const object = (apiVersion: string, kind: string, rest: JsonObject = {}): Manifest => ({
  ...rest,
  apiVersion,
  kind,
  metadata: {
    name: "web",
    namespace: "shop",
    uid: "u1",
    resourceVersion: "7",
    generation: 2,
    ...(rest.metadata as JsonObject | undefined),
  },
});
const plan = (live: Manifest, name: string, parameters = {}) => planAction(live, name, parameters, noCustomizations, now);
const offered = (live: Manifest) =>
  listActions(live, noCustomizations, now).map(({ name, disabled }) => (disabled === undefined ? name : `${name}: ${disabled}`));

const deployment = object("apps/v1", "Deployment", { spec: { replicas: 2, template: { metadata: { labels: { app: "web" } } } } });
const rollout = (status: JsonObject, spec: JsonObject = {}) =>
  object("argoproj.io/v1alpha1", "Rollout", {
    spec: { replicas: 3, strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } }, ...spec },
    status: { currentPodHash: "new", stableRS: "old", currentStepIndex: 1, ...status },
  });

describe("a Deployment", () => {
  it("is restarted as kubectl does it", () => {
    expect(plan(deployment, "restart")).toEqual([
      {
        kind: "patch",
        part: "object",
        patch: [
          {
            op: "add",
            path: "/spec/template/metadata/annotations",
            value: { "kubectl.kubernetes.io/restartedAt": "2026-01-31T12:30:05Z" },
          },
        ],
      },
    ]);
  });

  it("is scaled to a whole number, and to nothing else", () => {
    expect(plan(deployment, "scale", { replicas: "5" })).toEqual([
      { kind: "patch", part: "object", patch: [{ op: "replace", path: "/spec/replicas", value: 5 }] },
    ]);
    expect(plan(deployment, "scale", { replicas: "2" })).toEqual([]);
    for (const replicas of ["", "-1", "2.5", "many"])
      expect(() => plan(deployment, "scale", { replicas })).toThrow("scale takes replicas, a whole number");
  });

  it("is paused and resumed", () => {
    expect(offered(deployment)).toEqual(["restart", "scale", "pause", "resume: it is not paused"]);
    expect(plan(deployment, "pause")).toMatchObject([{ patch: [{ op: "add", path: "/spec/paused", value: true }] }]);
    expect(() => plan(deployment, "resume")).toThrow("Deployment shop/web cannot be asked to resume: it is not paused");
  });
});

describe("other workloads", () => {
  it.each([
    ["apps/v1", "StatefulSet", ["restart", "scale"]],
    ["apps/v1", "DaemonSet", ["restart"]],
    ["v1", "ConfigMap", []],
    ["kustomize.toolkit.fluxcd.io/v1", "Kustomization", ["reconcile", "suspend", "resume: it is not suspended"]],
    ["source.toolkit.fluxcd.io/v1", "OCIRepository", ["reconcile", "suspend", "resume: it is not suspended"]],
    ["external-secrets.io/v1", "ExternalSecret", ["refresh"]],
    ["cert-manager.io/v1", "Certificate", ["renew"]],
  ])("%s %s has the actions %j", (apiVersion, kind, names) => {
    expect(offered(object(apiVersion, kind, { spec: {} }))).toEqual(names);
  });

  it("say what there is when asked for what there is not", () => {
    expect(() => plan(deployment, "explode")).toThrow("Deployment shop/web has no action explode; there are restart, scale, pause, resume");
    expect(() => plan(object("v1", "ConfigMap"), "restart")).toThrow("has no action restart; there is none for its kind");
  });

  it("are woken by an annotation of their controller's", () => {
    const release = object("helm.toolkit.fluxcd.io/v2", "HelmRelease", { metadata: { annotations: { a: "b" } } });
    expect(plan(release, "reconcile")).toMatchObject([
      { patch: [{ op: "add", path: "/metadata/annotations/reconcile.fluxcd.io~1requestedAt", value: "2026-01-31T12:30:05Z" }] },
    ]);
    expect(plan(object("external-secrets.io/v1", "ExternalSecret"), "refresh")).toMatchObject([
      { patch: [{ path: "/metadata/annotations", value: { "force-sync": "2026-01-31T12:30:05Z" } }] },
    ]);
    const certificate = object("cert-manager.io/v1", "Certificate", { status: { conditions: [{ type: "Ready", status: "True" }] } });
    expect(plan(certificate, "renew")).toMatchObject([{ part: "status", patch: [{ path: "/status/conditions" }] }]);
  });
});

describe("a CronJob", () => {
  const cronJob = object("batch/v1", "CronJob", {
    spec: { suspend: false, jobTemplate: { metadata: { labels: { team: "a" } }, spec: { template: { spec: {} } } } },
  });

  it("has a Job made of its template, in its own namespace, that it owns", () => {
    expect(plan(cronJob, "create-job")).toEqual([
      {
        kind: "create",
        manifest: {
          apiVersion: "batch/v1",
          kind: "Job",
          metadata: {
            name: "web-t9qaq5",
            namespace: "shop",
            labels: { team: "a" },
            annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
            ownerReferences: [
              { apiVersion: "batch/v1", kind: "CronJob", name: "web", uid: "u1", blockOwnerDeletion: true, controller: true },
            ],
          },
          spec: { template: { spec: {} } },
        },
      },
    ]);
  });

  it("is suspended and resumed", () => {
    expect(plan(cronJob, "suspend")).toMatchObject([{ patch: [{ op: "replace", path: "/spec/suspend", value: true }] }]);
  });
});

describe("a Job", () => {
  it("is terminated by the condition that its controller heeds", () => {
    const job = object("batch/v1", "Job", { spec: {}, status: { active: 1 } });
    expect(plan(job, "terminate")).toMatchObject([
      { part: "status", patch: [{ op: "add", path: "/status/conditions", value: [{ type: "FailureTarget", status: "True" }] }] },
    ]);
    expect(offered({ ...job, status: { conditions: [{ type: "Complete", status: "True" }] } })).toEqual([
      "suspend: it has ended",
      "resume: it has ended",
      "terminate: it has ended",
    ]);
  });
});

describe("a Rollout", () => {
  const part = (live: Manifest, name: string) =>
    plan(live, name).flatMap((each) => (each.kind === "patch" ? [[each.part, each.patch]] : []));

  it("that waits goes on when promoted, and skips a step where it does not wait", () => {
    const paused = rollout({ pauseConditions: [{ reason: "CanaryPauseStep" }], controllerPause: true });
    expect(part(paused, "promote")).toEqual([
      [
        "status",
        [
          { op: "remove", path: "/status/pauseConditions" },
          { op: "replace", path: "/status/controllerPause", value: false },
        ],
      ],
    ]);
    expect(part(rollout({}), "promote")).toEqual([["status", [{ op: "replace", path: "/status/currentStepIndex", value: 2 }]]]);
  });

  it("is promoted to the end, aborted and tried again", () => {
    expect(part(rollout({}), "promote-full")).toEqual([["status", [{ op: "add", path: "/status/promoteFull", value: true }]]]);
    expect(part(rollout({}), "abort")).toEqual([["status", [{ op: "add", path: "/status/abort", value: true }]]]);
    const aborted = rollout({ abort: true, canary: { currentStepAnalysisRunStatus: { name: "x" }, weights: {} } });
    expect(part(aborted, "retry")).toEqual([
      [
        "status",
        [
          { op: "remove", path: "/status/abort" },
          { op: "remove", path: "/status/canary/currentStepAnalysisRunStatus" },
        ],
      ],
    ]);
  });

  it("offers what its state allows", () => {
    const done = "it is promoted already";
    expect(offered(rollout({ currentPodHash: "old" }))).toEqual([
      "restart",
      "scale",
      `promote: ${done}`,
      `promote-full: ${done}`,
      `abort: ${done}`,
      `retry: ${done}`,
      "skip-current-step",
      "pause",
      "resume: it is not paused",
    ]);
    expect(offered(rollout({ abort: true }))).toContain("abort: it was aborted already");
  });

  it("is resumed in both places at once", () => {
    const held = rollout({ pauseConditions: [{}] }, { paused: true });
    expect(part(held, "resume").map(([where]) => where)).toEqual(["status", "object"]);
  });
});
