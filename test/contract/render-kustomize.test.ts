import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalCage } from "../../shared/adapters/cage/namespaces.ts";
import type { Failure } from "../../shared/model/failure.ts";
import { realCage } from "../support/cage.ts";
import { configMap, type Files, kustomizeSource, namesOf, renderFiles } from "../support/render.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx:1}]}
`;
const app: Files = { "app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": deployment };

describe("a kustomization, rendered by the real kustomize", () => {
  let cage: LocalCage;
  beforeAll(async () => {
    cage = await realCage();
  });
  afterAll(() => cage.close());

  const render = (files: Files, ...source: Parameters<typeof kustomizeSource>) => renderFiles(files, kustomizeSource(...source), cage);
  const failure = (files: Files, ...source: Parameters<typeof kustomizeSource>): Promise<Failure> =>
    render(files, ...source).then(
      () => Promise.reject(new Error("it was rendered")),
      (error: Failure) => error,
    );

  it("comes out as kubectl would apply it", async () => {
    const { manifests } = await render({ ...app, "app/web.yaml": deployment.replace("replicas: 1", "replicas: 0o3") });
    expect(manifests).toEqual([expect.objectContaining({ kind: "Deployment", spec: expect.objectContaining({ replicas: 3 }) })]);
  });

  it("may stand at the repository's root, and use bases and files above its folder", async () => {
    expect(
      namesOf((await render({ "kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": configMap("a") }, {}, { path: "" })).manifests),
    ).toEqual(["ConfigMap a"]);
    const overlay = { ...app, "overlays/production/kustomization.yaml": "namePrefix: production-\nresources: [../../app]\n" };
    expect(namesOf((await render(overlay, {}, { path: "overlays/production" })).manifests)).toEqual(["Deployment production-web"]);
  });

  it("may be written in the older spelling: bases, patchesStrategicMerge, commonLabels", async () => {
    const files = {
      ...app,
      "over/kustomization.yaml": "bases: [../app]\npatchesStrategicMerge: [scale.yaml]\ncommonLabels: {team: a}\n",
      "over/scale.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 7}\n",
    };
    const { manifests } = await render(files, {}, { path: "over" });
    expect(manifests[0]).toMatchObject({ metadata: { labels: { team: "a" } }, spec: { replicas: 7 } });
  });

  it("takes all of source.kustomize", async () => {
    const files = {
      ...app,
      "app/kustomization.yaml": "namePrefix: old-\nresources: [web.yaml]\n",
      "tls/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [tls.yaml]\n",
      "tls/tls.yaml": configMap("tls"),
      "app/patch.yaml": '- {op: add, path: /metadata/annotations/by, value: "file"}\n',
    };
    const options = {
      namePrefix: "my-",
      nameSuffix: "-1",
      namespace: "shop",
      images: ["nginx:2"],
      replicas: [{ name: "web", count: 5 }],
      commonLabels: { team: "a" },
      labelWithoutSelector: true,
      labelIncludeTemplates: true,
      commonAnnotations: { app: "$ARGOCD_APP_NAME" },
      commonAnnotationsEnvsubst: true,
      patches: [
        { target: { kind: "Deployment" }, path: "patch.yaml" },
        { target: { kind: "Deployment" }, patch: '[{"op": "replace", "path": "/spec/paused", "value": true}]' },
      ],
      components: ["../tls", "../none"],
      ignoreMissingComponents: true,
    };
    const { manifests } = await render(files, options, { env: { ARGOCD_APP_NAME: "web" } });
    const web = manifests.find(({ kind }) => kind === "Deployment");
    expect(namesOf(manifests).toSorted()).toEqual(["ConfigMap my-tls-1", "Deployment my-web-1"]);
    expect(web).toMatchObject({
      metadata: { namespace: "shop", labels: { team: "a" }, annotations: { app: "web", by: "file" } },
      spec: {
        replicas: 5,
        paused: true,
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web", team: "a" } }, spec: { containers: [{ image: "nginx:2" }] } },
      },
    });
  });

  const with_ = (kustomization: string, more: Files = {}): Files => ({ "app/kustomization.yaml": kustomization, ...more });
  it.each<[string, Files, RegExp]>([
    [
      "a missing file",
      with_("resources: [nope.yaml]"),
      /^app\/nope\.yaml, which app\/kustomization\.yaml or a base of it names, does not exist/,
    ],
    ["a missing base", with_("resources: [../nope]"), /^nope, which app\/kustomization\.yaml/],
    ["a base without kustomization", with_("resources: [../base]", { "base/x.yaml": configMap("x") }), /^base has no kustomization\.yaml/],
    ["a missing patch", with_("patches: [{path: p.yaml}]"), /^app\/p\.yaml, which/],
    [
      "a remote file (G-05)",
      with_("resources: [https://example.com/x.yaml]"),
      /reaches for https:\/\/example\.com\/x\.yaml, and renders have no network/,
    ],
    [
      "a remote base (G-05)",
      with_("resources: ['github.com/org/repo//base?ref=v1']"),
      /has the remote base github\.com\/org\/repo\/\/base\?ref=v1/,
    ],
    [
      "a base by SSH (G-05)",
      with_("resources: ['git@github.com:org/repo.git//x']"),
      /has the remote base git@github\.com:org\/repo\.git\/\/x/,
    ],
    [
      "the Lambda runtime's API in a generator (G-04)",
      with_("configMapGenerator: [{name: x, files: ['http://127.0.0.1:9001/2018-06-01/runtime/invocation/next']}]"),
      /reaches for http:\/\/127\.0\.0\.1:9001\/2018-06-01/,
    ],
    [
      "the metadata service as a schema (G-04)",
      with_("openapi: {path: 'http://169.254.169.254/x'}\nresources: [a.yaml]", { "app/a.yaml": configMap("a") }),
      /reaches for http:\/\/169\.254\.169\.254\/x/,
    ],
    [
      "files outside its folder (G-06, G-08)",
      with_("configMapGenerator: [{name: x, files: [../../../../../../etc/passwd]}]"),
      /etc\/passwd.*(?:not below|does not exist)/,
    ],
    [
      "a file of another folder (G-06)",
      with_("configMapGenerator: [{name: x, files: [../secret.txt]}]", { "secret.txt": "x" }),
      /^app names secret\.txt, which is not below it/,
    ],
    [
      "an exec plugin (G-07)",
      with_("transformers: [t.yaml]", {
        "app/t.yaml":
          "apiVersion: x/v1\nkind: Foo\nmetadata:\n  name: x\n  annotations:\n    config.kubernetes.io/function: 'exec: {path: ./x.sh}'\n",
      }),
      /uses the plugin Foo; exec, container and Go plugins are not run/,
    ],
    ["helmCharts (G-07)", with_("helmCharts: [{name: x, repo: 'https://example.com'}]"), /uses helmCharts, which is not run/],
    [
      "a file that is no YAML",
      with_("resources: [a.yaml]", { "app/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n bad: x\n" }),
      /^app\/a\.yaml:5: /,
    ],
    ["a field that is none", with_("resorces: [a.yaml]"), /^app\/kustomization\.yaml is not valid: unknown field "resorces"/],
    [
      "the same object twice",
      with_("resources: [a.yaml, b.yaml]", { "app/a.yaml": configMap("a"), "app/b.yaml": configMap("a") }),
      /^b\.yaml, which app\/kustomization\.yaml or a base of it names: may not add resource with an already registered id/,
    ],
    [
      "a patch for nothing",
      with_("patches: [{path: p.yaml}]", { "app/p.yaml": configMap("zzz") }),
      /no resource matches strategic merge patch/,
    ],
  ])("names what is wrong: %s", async (_, files, sentence) => {
    const { code, message } = await failure(files);
    expect(message).toMatch(sentence);
    expect(message).not.toMatch(/\/work\/|run-\d|source\/|\n/);
    expect(code).toBe("RenderFailed");
  });
});
