import { describe, expect, it } from "vitest";
import { exclusionOf, type ResourceRule } from "../../../shared/model/resource-filter.ts";

const rule = (change: Partial<ResourceRule>): ResourceRule => ({ apiGroups: [], kinds: [], clusters: [], ...change });
const kind = (group: string, name: string) => ({ group, kind: name });
const server = "https://10.0.0.1:6443";

/** Whether a kind is left out on cluster `harbor`. */
const out = (exclusions: readonly ResourceRule[], inclusions: readonly ResourceRule[] = []) =>
  exclusionOf({ exclusions, inclusions }, ["harbor", server]);

describe("a kind that argocd-cm excludes", () => {
  it("is named by group and kind, either of which may be left out", () => {
    expect(out([rule({ apiGroups: ["cilium.io"], kinds: ["CiliumIdentity"] })])(kind("cilium.io", "CiliumIdentity"))).toBe(true);
    expect(out([rule({ apiGroups: ["cilium.io"], kinds: ["CiliumIdentity"] })])(kind("cilium.io", "CiliumNode"))).toBe(false);
    expect(out([rule({ apiGroups: ["cilium.io"] })])(kind("cilium.io", "CiliumNode"))).toBe(true);
    expect(out([rule({ kinds: ["TokenReview"] })])(kind("authentication.k8s.io", "TokenReview"))).toBe(true);
  });

  it("has globs for its group, and a name or * for its kind", () => {
    const crossplane = out([rule({ apiGroups: ["*.crossplane.io", ""], kinds: ["*"] })]);
    expect([crossplane(kind("aws.crossplane.io", "Bucket")), crossplane(kind("", "Pod")), crossplane(kind("apps", "Deployment"))]).toEqual([
      true,
      true,
      false,
    ]);
    // As Argo CD's code has it: no globs for kinds.
    expect(out([rule({ kinds: ["*Report"] })])(kind("wgpolicyk8s.io", "PolicyReport"))).toBe(false);
  });

  it("is excluded on the clusters that the rule names, by address or name", () => {
    const lease = kind("coordination.k8s.io", "Lease");
    const on = (...clusters: readonly string[]) => out([rule({ kinds: ["Lease"], clusters })])(lease);
    expect([on("https://10.0.0.*"), on("harbor"), on("https://10.1.0.1"), on()]).toEqual([true, true, false, true]);
  });

  it("is any that the inclusions for its cluster do not name", () => {
    const inclusions = [rule({ apiGroups: ["apps"], clusters: ["harbor"] })];
    expect([out([], inclusions)(kind("apps", "Deployment")), out([], inclusions)(kind("", "Secret"))]).toEqual([false, true]);
    const elsewhere = exclusionOf({ exclusions: [], inclusions }, ["quay"]);
    expect(elsewhere(kind("", "Secret"))).toBe(false);
  });

  it("is excluded although it is included: exclusions win", () => {
    const both = out([rule({ kinds: ["Deployment"] })], [rule({ apiGroups: ["apps"] })]);
    expect([both(kind("apps", "Deployment")), both(kind("apps", "StatefulSet"))]).toEqual([true, false]);
  });
});
