import { describe, expect, it } from "vitest";
import { applicationHealth } from "../../../shared/health/application-health.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { live } from "./objects.ts";

const widget = (conditions: readonly { readonly [field: string]: string }[], annotations: Record<string, string> = {}): Manifest =>
  live("example.org/v1", "Widget", { metadata: { annotations }, status: { conditions } });
const state = (type: string, status: string, message = "") => ({ type, status, reason: "", message });

const healthy = widget([state("Ready", "True")]);
const progressing = widget([state("Ready", "False", "installing")]);
const degraded = widget([state("Stalled", "True", "gave up")]);
const suspended = live("apps/v1", "Deployment", { spec: { paused: true } });
const unknown = live("v1", "Pod", { status: { phase: "Unknown" } });

describe("health of an Application", () => {
  it("is the worst of its objects, with that object's name and words", () => {
    expect(applicationHealth([healthy, suspended], "app").status).toBe("Suspended");
    expect(applicationHealth([suspended, progressing], "app")).toEqual({ status: "Progressing", message: "Widget prod/web: installing" });
    expect(applicationHealth([degraded, progressing], "app")).toEqual({ status: "Degraded", message: "Widget prod/web: gave up" });
    expect(applicationHealth([degraded, unknown], "app").status).toBe("Unknown");
  });

  it("is Healthy when nothing says otherwise", () => {
    expect(applicationHealth([healthy, live("v1", "ConfigMap")], "app")).toEqual({ status: "Healthy" });
    expect(applicationHealth([], "app")).toEqual({ status: "Healthy" });
  });

  it("shows no more of an object's words than a line takes (K-13)", () => {
    const { message = "" } = applicationHealth([widget([state("Stalled", "True", `gave\nup\u001b[2J${"!".repeat(10_000)}`)])], "app");
    expect(message).toMatch(/^Widget prod\/web: gave up \[2J!+…$/);
    expect(message.length).toBeLessThan(550);
  });

  it("is Missing only when no object of it lives", () => {
    expect(applicationHealth([], "app", 3)).toEqual({ status: "Missing", message: "none of its 3 objects is in the cluster" });
    expect(applicationHealth([healthy], "app", 3).status).toBe("Healthy");
  });

  it("does not count what is annotated ignore-healthcheck", () => {
    const ignored = widget([state("Stalled", "True")], { "argocd.argoproj.io/ignore-healthcheck": "true" });
    expect(applicationHealth([ignored], "app").status).toBe("Healthy");
    const kept = widget([state("Stalled", "True")], { "argocd.argoproj.io/ignore-healthcheck": "false" });
    expect(applicationHealth([kept], "app").status).toBe("Degraded");
  });

  it("does not count hooks, Argo CD's or Helm's, but a crd-install", () => {
    for (const annotation of ["argocd.argoproj.io/hook", "helm.sh/hook"]) {
      expect(applicationHealth([widget([state("Stalled", "True")], { [annotation]: "PostSync" })], "app").status).toBe("Healthy");
    }
    expect(applicationHealth([widget([state("Stalled", "True")], { "helm.sh/hook": "crd-install" })], "app").status).toBe("Degraded");
  });

  it("does not count the Application itself", () => {
    const itself = live("argoproj.io/v1alpha1", "Application", {
      metadata: { name: "app" },
      status: { health: { status: "Degraded" } },
    });
    expect(applicationHealth([itself], "app").status).toBe("Healthy");
    expect(applicationHealth([itself], "another").status).toBe("Degraded");
  });

  it("counts child Applications, unless nothing is known of them or they are missing", () => {
    const child = (status: string) =>
      live("argoproj.io/v1alpha1", "Application", { metadata: { name: "child" }, status: { health: { status } } });
    expect(applicationHealth([child("Degraded")], "app").status).toBe("Degraded");
    expect(applicationHealth([child("Progressing")], "app").message).toBe("Application prod/child: its status is Progressing");
    for (const status of ["Missing", "Unknown"]) expect(applicationHealth([child(status), progressing], "app").status).toBe("Progressing");
  });

  it("counts what is ignored as living", () => {
    const ignored = widget([], { "argocd.argoproj.io/ignore-healthcheck": "true" });
    expect(applicationHealth([ignored], "app", 2)).toEqual({ status: "Healthy" });
  });

  it("does not count hooks as living", () => {
    expect(applicationHealth([widget([], { "argocd.argoproj.io/hook": "PostSync" })], "app", 2).status).toBe("Missing");
  });
});
