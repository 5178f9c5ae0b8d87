import { describe, expect, it } from "vitest";
import { parseProject } from "../../../shared/argocd/parse-project.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { impersonatedUser } from "../../../shared/policy/impersonation.ts";

const prod = "https://prod.example.com";
const rule = (server: string, namespace: string, defaultServiceAccount: string) => ({ server, namespace, defaultServiceAccount });
const project = (...destinationServiceAccounts: readonly JsonObject[]) => ({ name: "shop", spec: { destinationServiceAccounts } });
const application = (namespace = "shop-prod") => ({
  name: "web",
  namespace: "argocd",
  project: "shop",
  destination: { server: prod, namespace },
});
const parsed = (account: JsonObject) =>
  parseProject({ apiVersion: "argoproj.io/v1alpha1", kind: "AppProject", metadata: { name: "shop" }, spec: project(account).spec });

describe("the service account that a sync is made as", () => {
  it.each([
    ["the one of its server and namespace", [rule(prod, "shop-prod", "deployer")], "shop-prod:deployer"],
    ["by globs", [rule("https://*.example.com", "shop-*", "deployer")], "shop-prod:deployer"],
    ["the first that matches", [rule(prod, "other", "no"), rule("*", "*", "first"), rule(prod, "shop-prod", "second")], "shop-prod:first"],
    ["in a namespace of its own", [rule(prod, "*", "accounts:deployer")], "accounts:deployer"],
  ])("is %s", (_, rules, account) => {
    expect(impersonatedUser(application(), project(...rules), [prod])).toBe(`system:serviceaccount:${account}`);
  });

  it("is looked for in the Application's own namespace where the destination names none", () => {
    expect(impersonatedUser(application(""), project(rule("*", "*", "deployer")), [prod])).toBe("system:serviceaccount:argocd:deployer");
  });

  it("is found by any address that the cluster is called by", () => {
    const rules = project(rule("https://kubernetes.default.svc", "*", "deployer"));
    expect(impersonatedUser(application(), rules, [prod, "https://kubernetes.default.svc"])).toBe(
      "system:serviceaccount:shop-prod:deployer",
    );
  });

  it.each([
    ["of another server", project(rule("https://other", "*", "deployer"))],
    ["of another namespace", project(rule("*", "team-*", "deployer"))],
    ["none", project()],
    ["in an AppProject that is not declared", undefined],
  ])("fails with project and destination where there is none: %s", (_, declared) => {
    expect(() => impersonatedUser(application(), declared, [prod])).toThrow(
      `AppProject shop names no service account for the destination of web (server ${prod}, namespace shop-prod), and syncs are impersonated; add one to spec.destinationServiceAccounts`,
    );
  });

  it.each(["", " ", "*", "a/b", "{a,b}", "a:b:c", "!a"])("is refused with the AppProject when it is no name: %j", (account) => {
    expect(parsed(rule("*", "*", account))).toMatchObject({
      state: "refused",
      failure: { message: expect.stringContaining("spec.destinationServiceAccounts[0].defaultServiceAccount is ") },
    });
  });

  it("is no warning in an AppProject any more, and denials are refused", () => {
    expect(parsed(rule("*", "*", "deployer"))).toMatchObject({ state: "parsed", warnings: [] });
    expect(parsed(rule("*", "!kube-system", "deployer"))).toMatchObject({ state: "refused" });
  });
});
