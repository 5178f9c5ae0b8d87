import { describe, expect, it } from "vitest";
import type { Application } from "../../../shared/model/application.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { registryClaims } from "../../../shared/registry/register-objects.ts";
import { applicationManifest, manifestOf } from "../argocd/manifests.ts";
import { openRegistry } from "./registry.ts";

const claimed = async (manifest: Manifest, by: Partial<Application> | "control") => {
  const { control, installation } = await openRegistry();
  const parent: Application = by === "control" ? control : { ...control, name: "root", parent: "control", ...by };
  return registryClaims(manifest, parent, installation);
};

describe("what goes to the table instead of a cluster", () => {
  const child = applicationManifest();
  const unplaced = manifestOf("argoproj.io/v1alpha1", "Application", { namespace: "" });
  const { namespace: _, ...metadata } = unplaced.metadata;
  const flux = manifestOf("source.toolkit.fluxcd.io/v1", "GitRepository", { namespace: "flux-system" });
  const inCluster = { server: "https://kubernetes.default.svc", namespace: "argocd" };

  it.each([
    ["an Application in the control namespace of the default cluster", child, { destination: inCluster }, true],
    ["the same by the cluster's name", child, { destination: { name: "production", namespace: "elsewhere" } }, true],
    ["one that takes its namespace from the destination", { ...unplaced, metadata }, { destination: inCluster }, true],
    ["one for another namespace", { ...unplaced, metadata }, { destination: { ...inCluster, namespace: "web" } }, false],
    ["one for a cluster nobody knows", child, { destination: { name: "west", namespace: "argocd" } }, false],
    ["a Deployment", manifestOf("apps/v1", "Deployment"), { destination: inCluster }, false],
    ["Flux's objects of a cluster that runs Flux", flux, { destination: inCluster }, false],
  ])("of an app of apps: %s → %#", async (_title, manifest, by, expected) => {
    expect(await claimed(manifest, by)).toBe(expected);
  });

  it("of the control repository: every registry kind, wherever it asks to be", async () => {
    expect(await claimed(applicationManifest({}, { namespace: "team" }), "control")).toBe(true);
    expect(await claimed(flux, "control")).toBe(true);
    expect(await claimed(manifestOf("v1", "ConfigMap", { name: "settings" }), "control")).toBe(false);
  });

  it("never by the name of the control repository alone", async () => {
    const settings = manifestOf("v1", "ConfigMap", { name: "argocd-cm", namespace: "web" });
    expect(await claimed(settings, { name: "control", parent: "someone", destination: { name: "production", namespace: "web" } })).toBe(
      false,
    );
  });
});
