import { describe, expect, it } from "vitest";
import { readApplication } from "../../../shared/state/applications.ts";
import { applicationManifest, manifestOf } from "../argocd/manifests.ts";
import { openRegistry, told } from "./registry.ts";

const app = (name: string, spec = {}, metadata = {}) => applicationManifest(spec, { name, ...metadata });
const argo = (kind: string, name: string) => manifestOf("argoproj.io/v1alpha1", kind, { name });
const secret = (type: string) =>
  manifestOf("v1", "Secret", { labels: { "argocd.argoproj.io/secret-type": type } }, { stringData: { server: "https://a" } });

describe("the control repository is refused", () => {
  it.each([
    [
      "a project that does not exist",
      app("web", { project: "infrastructure" }),
      "Application web asks for project infrastructure, which does not exist",
    ],
    [
      "an unknown cluster",
      app("web", { destination: { name: "west" } }),
      "Application web: destination.name west is not a registered cluster",
    ],
    ["a destination with server and name", app("web", { destination: { server: "https://a", name: "b" } }), "has both server and name"],
    ["a destination with neither", app("web", { destination: {} }), "has neither server nor name"],
    ["its own name", app("control"), "Application control has the name of the control repository's own Application"],
    [
      "another namespace",
      app("web", {}, { namespace: "team" }),
      "Application team/web is outside the control namespace argocd; declare it there",
    ],
  ])("%s", async (_, manifest, words) => {
    const { push } = await openRegistry();
    const [refusal, good] = told(await push([manifest, app("good")])).toSorted((a, b) => b.length - a.length);
    expect(refusal).toMatch(/^unknown SyncFailed /);
    expect(refusal).toContain(words);
    expect(good).toBe("created Synced good");
  });

  it("a name twice, and keeps the first", async () => {
    const { push, world } = await openRegistry();
    const second = app("web", { source: { repoURL: "https://github.com/org/second", path: "." } });
    expect(told(await push([app("web"), second]))).toEqual([
      "created Synced web",
      "unknown SyncFailed web: Application web is declared twice by control; names are unique, keep one of the two",
    ]);
    expect((await readApplication(world.table, "web"))?.sources[0]?.repoURL).toBe("https://github.com/org/repo");
  });

  it("a cluster that the installation file gives", async () => {
    const { push } = await openRegistry();
    const again = manifestOf(
      "v1",
      "Secret",
      { name: "production", labels: { "argocd.argoproj.io/secret-type": "cluster" } },
      { stringData: { server: "https://evil" } },
    );
    expect(told(await push([again]))[0]).toContain("cluster production is given in the installation file; declare it in one place");
  });

  it("a broken update, and keeps what stood before", async () => {
    const { push, world } = await openRegistry();
    await push([app("web")]);
    const before = await readApplication(world.table, "web");
    expect(told(await push([app("web", { destination: {} })]))[0]).toMatch(/^unknown SyncFailed web/);
    expect(await readApplication(world.table, "web")).toEqual(before);
  });
});

describe("another Application is refused", () => {
  it.each([
    ["an AppProject", argo("AppProject", "mine"), "AppProject argocd/mine may be declared by the control repository only, and root is not"],
    ["a cluster Secret", secret("cluster"), "Secret argocd/thing may be declared by the control repository only"],
    [
      "Argo CD's settings",
      manifestOf("v1", "ConfigMap", { name: "argocd-rbac-cm" }),
      "ConfigMap argocd/argocd-rbac-cm may be declared by the control repository only",
    ],
    [
      "an Application of another project",
      app("web", { project: "team" }),
      "Application web asks for project team, but root, which declares it, belongs to default",
    ],
    ["itself", app("root"), "Application root declares itself"],
    ["the control repository's name", app("control"), "Application control has the name of the control repository's own Application"],
    ["a name that another one declares", app("taken"), "Application taken is already declared by control; give it another name"],
  ])("%s", async (_, manifest, words) => {
    const { push, pushTo } = await openRegistry();
    await push([app("root"), app("taken"), argo("AppProject", "team")]);
    const results = told(await pushTo("root", [manifest]));
    expect(results).toHaveLength(1);
    expect(results[0]).toMatch(/^unknown SyncFailed /);
    expect(results[0]).toContain(words);
  });
});

describe("what is not read yet", () => {
  it.each([
    [
      "an ApplicationSet, by name",
      argo("ApplicationSet", "sets"),
      "ApplicationSet argocd/sets cannot be used: ApplicationSets are not generated yet",
    ],
    [
      "a Flux object, by kind and name",
      manifestOf("kustomize.toolkit.fluxcd.io/v1beta1", "Kustomization", { name: "apps", namespace: "flux-system" }),
      "Kustomization flux-system/apps (kustomize.toolkit.fluxcd.io/v1beta1) is Flux's; Flux objects are not read yet",
    ],
    ["a repository Secret", secret("repository"), "Secret argocd/thing is not read yet; name the repository's credentials"],
  ])("is named and fails nothing: %s", async (_, manifest, words) => {
    const { push } = await openRegistry();
    const results = told(await push([manifest, app("good")]));
    expect(results[0]).toBe("created Synced good");
    expect(results[1]).toMatch(/^skipped SyncFailed /);
    expect(results[1]).toContain(words);
  });

  it("is kept, where it is settings, and said to have no effect", async () => {
    const { push } = await openRegistry();
    expect(told(await push([manifestOf("v1", "ConfigMap", { name: "argocd-notifications-cm" })]))).toEqual([
      "unchanged Synced argocd-notifications-cm: ConfigMap argocd/argocd-notifications-cm is not read yet and has no effect",
    ]);
  });
});
