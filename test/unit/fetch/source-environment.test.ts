import { describe, expect, it } from "vitest";
import { buildEnvironmentOf, buildEnvironmentUsed, usesRevision } from "../../../shared/fetch/source/build-environment.ts";
import { expandVariables } from "../../../shared/model/build-environment.ts";
import { destination, source } from "./closure-cases.ts";

const application = { name: "web", project: "shop", destination: { namespace: "production" } };
const sha = "0123456789abcdef0123456789abcdef01234567";
const inBraces = (name: string): string => `${"$"}{${name}}`;
const environment = buildEnvironmentOf(application, source("apps/web"), sha, destination);

describe("the build environment", () => {
  it("has Argo CD's variables", () => {
    expect(environment).toEqual({
      ARGOCD_APP_NAME: "web",
      ARGOCD_APP_NAMESPACE: "production",
      ARGOCD_APP_PROJECT_NAME: "shop",
      ARGOCD_APP_REVISION: sha,
      ARGOCD_APP_REVISION_SHORT: "0123456",
      ARGOCD_APP_REVISION_SHORT_8: "01234567",
      ARGOCD_APP_SOURCE_PATH: "apps/web",
      ARGOCD_APP_SOURCE_REPO_URL: "https://git.example.com/team/config",
      ARGOCD_APP_SOURCE_TARGET_REVISION: "main",
      KUBE_VERSION: "1.36.3",
      KUBE_API_VERSIONS: "apps/v1,v1",
    });
  });

  it.each([
    ["$ARGOCD_APP_NAME-x", "web-x"],
    [`${inBraces("ARGOCD_APP_NAME")}x`, "webx"],
    ["$ARGOCD_APP_NAMEx", ""],
    ["$$ARGOCD_APP_NAME", "$ARGOCD_APP_NAME"],
    ["costs $5", "costs "],
    ["100%", "100%"],
    [`$HOME/${inBraces("PATH")}`, "/"],
  ])("turns %j into %j", (text, result) => {
    expect(expandVariables(text, environment)).toBe(result);
  });

  it("enters an input only as far as the source's options refer to it", () => {
    const used = (more: Parameters<typeof source>[1]) => buildEnvironmentUsed(source("apps/web", more), environment);
    expect(used({ kustomize: { images: ["web=reg/web:v1"] } })).toEqual({});
    expect(used({ kustomize: { images: ["web=reg/web:$ARGOCD_APP_REVISION_SHORT"] } })).toEqual({ ARGOCD_APP_REVISION_SHORT: "0123456" });
    expect(used({ helm: { parameters: [{ name: "app", value: inBraces("ARGOCD_APP_NAME") }] } })).toEqual({ ARGOCD_APP_NAME: "web" });
    expect(used({ directory: {} })).toEqual({});
  });

  it("tells inputs that change with every commit", () => {
    expect(usesRevision({ ARGOCD_APP_REVISION_SHORT: "0123456" })).toBe(true);
    expect(usesRevision({ ARGOCD_APP_NAME: "web" })).toBe(false);
  });
});
