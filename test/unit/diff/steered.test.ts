import { describe, expect, it } from "vitest";
import { hasReplicas, steeredBy } from "../../../shared/diff/steered.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { deployment } from "./builders.ts";

const steerer = (kind: string, scaleTargetRef: { readonly [field: string]: string }, namespace = "prod"): Manifest => ({
  apiVersion: kind === "ScaledObject" ? "keda.sh/v1alpha1" : "autoscaling/v2",
  kind,
  metadata: { name: "auto", namespace },
  spec: { scaleTargetRef },
});
const web = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };

describe("whose replicas an autoscaler steers", () => {
  it("is what its scaleTargetRef names, in its own namespace, in any version of that group", () => {
    for (const ref of [web, { ...web, apiVersion: "apps/v1beta2" }])
      expect(steeredBy([steerer("HorizontalPodAutoscaler", ref)])(deployment())).toBe(true);
    expect(steeredBy([steerer("HorizontalPodAutoscaler", web, "other")])(deployment())).toBe(false);
    expect(steeredBy([steerer("HorizontalPodAutoscaler", { ...web, kind: "StatefulSet" })])(deployment())).toBe(false);
    expect(steeredBy([])(deployment())).toBe(false);
  });

  it("is a Deployment where KEDA's says only a name", () => {
    expect(steeredBy([steerer("ScaledObject", { name: "web" })])(deployment())).toBe(true);
  });

  it("is nobody's where the object says that Git decides", () => {
    const live = deployment();
    const told = { ...live, metadata: { ...live.metadata, annotations: { "fairlead.dev/replicas": "git" } } };
    expect(steeredBy([steerer("HorizontalPodAutoscaler", web)])(told)).toBe(false);
  });

  it("can only be what has replicas", () => {
    expect(hasReplicas(deployment())).toBe(true);
    expect(hasReplicas({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" } })).toBe(false);
  });
});
