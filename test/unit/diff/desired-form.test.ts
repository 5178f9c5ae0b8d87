import { describe, expect, it } from "vitest";
import { ignoresExtraneous, includesMutationWebhook } from "../../../shared/diff/compare-options.ts";
import { desiredForm } from "../../../shared/diff/desired-form.ts";
import { differencesBetween } from "../../../shared/diff/field-changes.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { deployment, ourEntry } from "./builders.ts";

const secret = (fields: object): Manifest => ({ apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, ...fields });

describe("the form in which a manifest is applied", () => {
  it("has a Secret's stringData as data, where it beats what is there", () => {
    expect(desiredForm(secret({ type: "Opaque", data: { a: "YQ==", b: "Yg==" }, stringData: { b: "grün", c: "" } }))).toEqual(
      secret({ type: "Opaque", data: { a: "YQ==", b: "Z3LDvG4=", c: "" } }),
    );
    expect(desiredForm(secret({ stringData: null }))).toEqual(secret({ stringData: null }));
  });

  it("leaves to the server what it refuses", () => {
    expect(desiredForm(secret({ stringData: { port: 8080, host: "db" } }))).toEqual(
      secret({ data: { host: "ZGI=" }, stringData: { port: 8080 } }),
    );
  });

  it("has no rules of an aggregated ClusterRole: they are the controller's", () => {
    const role: Manifest = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "x" }, rules: [] };
    const { rules: _, ...without } = role;
    const aggregationRule = { clusterRoleSelectors: [] };
    expect(desiredForm({ ...role, aggregationRule })).toEqual({ ...without, aggregationRule });
    expect(desiredForm(role)).toBe(role);
    expect(desiredForm({ ...role, aggregationRule: null })).toEqual({ ...role, aggregationRule: null });
  });

  it("is the manifest itself for all else", () => {
    const other: Manifest = { ...secret({ stringData: { a: "b" } }), apiVersion: "example.org/v1" };
    expect(desiredForm(other)).toBe(other);
  });
});

describe("compare-options", () => {
  const annotated = (value: string) => ({ annotations: { "argocd.argoproj.io/compare-options": value } });
  const object = (value: string): Manifest => ({ ...deployment(), metadata: { name: "web", ...annotated(value) } });

  it("are read in any order, with blanks, for an Application or one object", () => {
    const both = " ServerSideDiff=true , IncludeMutationWebhook=true";
    expect(includesMutationWebhook(annotated(both), deployment())).toBe(true);
    expect(includesMutationWebhook({ annotations: {} }, object(both))).toBe(true);
    for (const other of ["IncludeMutationWebhook=false", "IncludeMutationWebhook", "ServerSideDiff=true", ""])
      expect(includesMutationWebhook(annotated(other), object(other))).toBe(false);
  });

  it("let an object that Git does not have be nobody's concern", () => {
    expect(ignoresExtraneous(object("IgnoreExtraneous"))).toBe(true);
    expect(ignoresExtraneous(object("ServerSideDiff=true"))).toBe(false);
    expect(ignoresExtraneous(deployment())).toBe(false);
  });
});

describe("what an admission webhook would write", () => {
  const mutated = deployment({ labels: { app: "web", injected: "yes" } });
  const paths = (predicted: Manifest, live: Manifest, includeMutationWebhook = false) =>
    differencesBetween(predicted, live, { fieldManager: "fairlead", includeMutationWebhook }).map(({ path }) => path);

  it("is a difference only where IncludeMutationWebhook=true asks for it", () => {
    expect(paths(mutated, deployment())).toEqual([]);
    expect(paths(mutated, deployment(), true)).toEqual(["metadata.labels.injected"]);
  });

  it("is one all the same in a field that is ours, or was ours until Git dropped it", () => {
    expect(paths(deployment({ replicas: 3 }), deployment())).toEqual(["spec.replicas"]);
    const { "f:replicas": _, ...spec } = JSON.parse(JSON.stringify(ourEntry.fieldsV1))["f:spec"];
    const dropped = { ...ourEntry, fieldsV1: { ...ourEntry.fieldsV1, "f:spec": spec } };
    expect(paths(deployment({ replicas: 1, entries: [dropped] }), deployment())).toEqual(["spec.replicas"]);
  });

  it("counts where the server records no owners at all", () => {
    expect(paths({ ...mutated, metadata: { ...mutated.metadata, managedFields: [] } }, deployment())).toEqual(["metadata.labels.injected"]);
  });
});
