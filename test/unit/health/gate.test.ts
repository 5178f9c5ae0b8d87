import { describe, expect, it } from "vitest";
import { applicationHealth } from "../../../shared/health/application-health.ts";
import type { CustomHealth } from "../../../shared/health/check.ts";
import { settled, settledHook } from "../../../shared/health/gate.ts";
import { healthOf } from "../../../shared/health/health.ts";
import type { HealthStatus } from "../../../shared/model/operation.ts";
import { condition, live } from "./objects.ts";

const widget = live("example.org/v1", "Widget");
const says =
  (status: HealthStatus, message?: string): CustomHealth =>
  () => ({ status, ...(message !== undefined && { message }) });

describe("the gate between waves", () => {
  it("lets objects pass that have no health or are Healthy", () => {
    expect(settled(live("v1", "ConfigMap"))).toEqual({ state: "done" });
    expect(settled(widget, says("Healthy"))).toEqual({ state: "done" });
  });

  it("fails by what is Degraded, with the object's words", () => {
    expect(settled(widget, says("Degraded", "no disk"))).toEqual({ state: "failed", message: "no disk" });
  });

  it.each(["Progressing", "Suspended", "Missing", "Unknown"] as const)("waits for what is %s", (status) => {
    expect(settled(widget, says(status, "later"))).toEqual({ state: "waiting", message: "later" });
    expect(settled(widget, says(status))).toEqual({ state: "waiting", message: status });
  });
});

describe("a hook", () => {
  it.each([
    ["Healthy", "done"],
    ["Missing", "done"],
    ["Progressing", "waiting"],
    ["Suspended", "waiting"],
    ["Degraded", "failed"],
    ["Unknown", "failed"],
  ] as const)("that is %s is %s", (status, state) => {
    expect(settledHook(widget, says(status)).state).toBe(state);
  });

  it("without a notion of health has done its work once it is applied", () => {
    expect(settledHook(live("v1", "ConfigMap"))).toEqual({ state: "done" });
  });

  it("that somebody deletes is judged by its own end while our finalizer holds it", () => {
    const metadata = { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["argocd.argoproj.io/hook-finalizer"] };
    const complete = { conditions: [condition("Complete", "True")] };
    expect(settledHook(live("batch/v1", "Job", { metadata, status: complete }))).toEqual({ state: "done" });
    const other = { ...metadata, finalizers: ["orphan"] };
    expect(settledHook(live("batch/v1", "Job", { metadata: other, status: complete })).state).toBe("waiting");
  });
});

describe("a CronJob whose last run failed", () => {
  const status = { lastScheduleTime: "2026-02-01T00:00:00Z", lastSuccessfulTime: "2026-01-01T00:00:00Z" };
  const failed = live("batch/v1", "CronJob", { spec: { schedule: "@daily" }, status });

  it("failed every sync of several waves, that of its own mend, too: it is Degraded, and the gate lets it pass", () => {
    expect(healthOf(failed)?.status).toBe("Degraded");
    expect(settled(failed)).toEqual({ state: "done" });
  });

  it("is judged by people's own rules where they have one", () => {
    expect(settled(failed, says("Degraded", "no")).state).toBe("failed");
    expect(settled(failed, () => "built-in").state).toBe("done");
  });
});

describe("users' own rules", () => {
  const deployment = live("apps/v1", "Deployment", { spec: { paused: true } });

  it("win over ours", () => {
    expect(healthOf(deployment, says("Healthy"))).toEqual({ status: "Healthy" });
    expect(applicationHealth([deployment], "app", 1, says("Degraded", "no")).message).toBe("Deployment prod/web: no");
  });

  it("leave a kind to ours where they have none for it", () => {
    expect(healthOf(deployment, () => "built-in")?.status).toBe("Suspended");
  });

  it("can say that an object has no health", () => {
    expect(healthOf(deployment, () => undefined)).toBeUndefined();
    expect(applicationHealth([deployment], "app", 1, () => undefined)).toEqual({ status: "Healthy" });
  });

  it("are not asked about what is being deleted", () => {
    const leaving = live("apps/v1", "Deployment", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } });
    expect(healthOf(leaving, says("Healthy"))?.status).toBe("Progressing");
  });

  it("speak in a line at most, without what a terminal would obey", () => {
    expect(healthOf(widget, says("Degraded", `a\u001b[2Jb\n${"!".repeat(1000)}`))?.message).toMatch(/^a \[2Jb !+…$/);
  });
});
