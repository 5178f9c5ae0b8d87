import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../shared/argocd/parse-settings.ts";
import { type Customizations, noCustomizations } from "../../../shared/model/customizations.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { manifestOf } from "./manifests.ts";

const read = (data: JsonObject, before?: Customizations) =>
  parseSettings(manifestOf("v1", "ConfigMap", { name: "argocd-cm" }, { data }), before);

describe("how argocd-cm has objects tracked", () => {
  it("is by annotation without a word of it, as with an empty one", () => {
    expect(read({}).customizations.tracking).toEqual({ method: "annotation", labelKey: "app.kubernetes.io/instance", installationId: "" });
    expect(read({ "application.resourceTrackingMethod": "", installationID: "" })).toMatchObject({
      customizations: { tracking: noCustomizations.tracking },
      problems: [],
      warnings: [],
    });
  });

  it("is what its three keys say", () => {
    const data = {
      "application.resourceTrackingMethod": "annotation+label",
      "application.instanceLabelKey": "argocd.argoproj.io/instance",
      installationID: "east",
    };
    expect(read(data)).toMatchObject({
      customizations: { tracking: { method: "annotation+label", labelKey: "argocd.argoproj.io/instance", installationId: "east" } },
      problems: [],
      warnings: [],
    });
  });

  it("stays as it was where a slip makes a key unreadable: a fleet must not be marked anew because of one", () => {
    const before = { ...noCustomizations, tracking: { method: "label", labelKey: "example.com/app", installationId: "" } as const };
    const { customizations, problems } = read(
      { "application.resourceTrackingMethod": "lable", "application.instanceLabelKey": "no key/", installationID: 7 },
      before,
    );
    expect(customizations.tracking).toEqual(before.tracking);
    expect(problems).toEqual([
      "argocd-cm installationID is no string; write its value in quotes, or below a |",
      'argocd-cm application.resourceTrackingMethod is "lable"; write "annotation", "annotation+label", "label"',
      'argocd-cm application.instanceLabelKey is "no key/", which is no key of a label',
    ]);
  });
});

describe("the kinds that argocd-cm leaves to others", () => {
  it("are read rule by rule; a list that is left out means any", () => {
    const { customizations, problems } = read({
      "resource.exclusions": '- apiGroups: [""]\n  kinds: [Endpoints]\n- apiGroups: ["*.cilium.io"]\n  clusters: ["https://10.*"]\n',
      "resource.inclusions": '- apiGroups:\n  - "*"\n',
    });
    expect(problems).toEqual([]);
    expect(customizations.filter).toEqual({
      exclusions: [
        { apiGroups: [""], kinds: ["Endpoints"], clusters: [] },
        { apiGroups: ["*.cilium.io"], kinds: [], clusters: ["https://10.*"] },
      ],
      inclusions: [{ apiGroups: ["*"], kinds: [], clusters: [] }],
    });
  });

  it("stay excluded where a slip makes the rules unreadable: they must not be pruned because of one", () => {
    const filter = { exclusions: [{ apiGroups: [], kinds: ["Secret"], clusters: [] }], inclusions: [] };
    for (const written of ["kinds: [Secret]", "- kinds: Secret", "- apiGroups: ['[a']", "- ["])
      expect(read({ "resource.exclusions": written }, { ...noCustomizations, filter })).toMatchObject({
        customizations: { filter },
        problems: [expect.stringContaining("argocd-cm resource.exclusions ")],
      });
    expect(read({}, { ...noCustomizations, filter }).customizations.filter.exclusions).toEqual([]);
  });

  it("come with a word on what has no effect", () => {
    const { warnings } = read({ "resource.exclusions": "- kinds: ['*Report']\n  selector: a=b\n" });
    expect(warnings).toEqual([
      "resource.exclusions: selector: not known, without effect",
      'resource.exclusions: kinds has "*Report": a kind stands there by its name, or * for all; it matches nothing',
    ]);
  });
});

describe("what argocd-cm says of kinds that we may not look at", () => {
  it("is nothing, normal or strict", () => {
    const said = (written: string) => read({ "resource.respectRBAC": written });
    expect(["", "normal", "strict"].map((written) => said(written).customizations.respectRbac)).toEqual(["", "normal", "strict"]);
    expect(said("true").problems).toEqual(['argocd-cm resource.respectRBAC is "true"; write "normal" or "strict", or leave it out']);
  });
});

describe("what argocd-cm says of impersonation", () => {
  it("is off, on, or what it was before a slip", () => {
    const key = "application.sync.impersonation.enabled";
    expect([{}, { [key]: "false" }, { [key]: "true" }].map((data) => read(data).customizations.impersonation)).toEqual([
      false,
      false,
      true,
    ]);
    expect(read({ [key]: "true" }).warnings).toEqual([]);
    expect(read({ [key]: "yes" }).problems).toEqual([`argocd-cm ${key} is "yes"; write "true" or "false"`]);
    expect(read({ [key]: "yes" }, { ...noCustomizations, impersonation: true }).customizations.impersonation).toBe(true);
  });
});
