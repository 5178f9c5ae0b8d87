import { describe, expect, it } from "vitest";
import { buildEnvironmentOf } from "../../../shared/fetch/source/build-environment.ts";
import { inputDigestOf, renderInputOf } from "../../../shared/fetch/source/render-input.ts";
import { prepareSource } from "../../../shared/fetch/source/stored-bundle.ts";
import type { Source } from "../../../shared/model/application.ts";
import type { RenderInput } from "../../../shared/model/render-input.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { memorySnapshot, type Tree } from "../../fakes/memory-snapshot.ts";
import { destination, evaluated, source } from "./closure-cases.ts";

const toolVersions = "kubectl v1.36.3, helm v4.2.3";

interface Case {
  readonly name?: string;
  readonly namespace?: string;
  readonly sha?: string;
  readonly apiVersions?: readonly string[];
}

const inputOf = async (
  tree: Tree,
  of: Source,
  { name = "web", namespace = "production", sha, apiVersions }: Case = {},
): Promise<RenderInput> => {
  const snapshot = memorySnapshot(tree, sha);
  const application = { name, project: "default", destination: { name: "in-cluster", namespace } };
  const facts = { ...destination, ...(apiVersions && { apiVersions }) };
  const environment = buildEnvironmentOf(application, of, snapshot.commit.sha, facts);
  const prepared = await prepareSource(evaluated(snapshot, of, { application: name, environment }), snapshot, new Map(), memoryArtifacts());
  return renderInputOf({ application, sources: [prepared], destination: facts, toolVersions });
};

const digest = async (...args: Parameters<typeof inputOf>): Promise<string> => inputDigestOf(await inputOf(...args));

const plain = { "apps/a.yaml": "kind: A" };
const kustomization = { "apps/kustomization.yaml": "resources: [a.yaml]", ...plain };
const chart = { "apps/Chart.yaml": "name: c", "apps/templates/a.yaml": "kind: A" };
const asking = { ...chart, "apps/templates/b.yaml": "{{ .Capabilities.APIVersions }}" };
const image = (variable: string) => source("apps", { kustomize: { images: [`web=registry.example.com/web:$${variable}`] } });

describe("a render input", () => {
  it("is shared by Applications of one path, whatever they are called and wherever they go", async () => {
    for (const tree of [plain, kustomization]) {
      const first = await digest(tree, source("apps"));
      expect(await digest(tree, source("apps"), { name: "other", namespace: "staging", sha: "f".repeat(40), apiVersions: ["v1"] })).toBe(
        first,
      );
    }
  });

  it("has release name and namespace where Helm sees them", async () => {
    const input = await inputOf(chart, source("apps"), { name: "shop" });
    expect(input.sources[0]).toMatchObject({ kind: "helm", release: { name: "shop", namespace: "production" }, kubeVersion: "v1.36.3" });
    const named = source("apps", { helm: { releaseName: "fixed", namespace: "there", kubeVersion: "1.30.0" } });
    expect((await inputOf(chart, named)).sources[0]).toMatchObject({
      release: { name: "fixed", namespace: "there" },
      kubeVersion: "1.30.0",
      options: {},
    });
    expect(await digest(chart, named, { name: "a" })).toBe(await digest(chart, named, { name: "b", namespace: "other" }));
  });

  it("has the destination's APIs, sorted, only for charts that ask for them", async () => {
    const more = { apiVersions: ["v1", "apps/v1", "example.com/v1"] };
    expect(await digest(chart, source("apps"), more)).toBe(await digest(chart, source("apps")));
    expect(await digest(asking, source("apps"), more)).not.toBe(await digest(asking, source("apps")));
    expect((await inputOf(asking, source("apps"))).sources[0]).toMatchObject({ apiVersions: ["apps/v1", "v1"] });
    const own = source("apps", { helm: { apiVersions: ["b/v1", "a/v1"], values: "x: '{{ .Capabilities }}'" } });
    expect((await inputOf(chart, own)).sources[0]).toMatchObject({ apiVersions: ["a/v1", "b/v1"] });
  });

  it("has the revision only where the source refers to it", async () => {
    const later = { sha: "f".repeat(40) };
    expect(await digest(kustomization, image("ARGOCD_APP_REVISION"), later)).not.toBe(
      await digest(kustomization, image("ARGOCD_APP_REVISION")),
    );
    expect(await digest(kustomization, image("KUBE_VERSION"), later)).toBe(await digest(kustomization, image("KUBE_VERSION")));
  });

  it("differs between Applications where their names are referred to", async () => {
    const of = image("ARGOCD_APP_NAME");
    expect(await digest(kustomization, of, { name: "a" })).not.toBe(await digest(kustomization, of, { name: "b" }));
  });

  it("changes with files, options and tools", async () => {
    const first = await digest(plain, source("apps"));
    expect(await digest({ "apps/a.yaml": "kind: B" }, source("apps"))).not.toBe(first);
    expect(await digest(plain, source("apps", { directory: { exclude: "b*" } }))).not.toBe(first);
    const input = await inputOf(plain, source("apps"));
    expect(inputDigestOf({ ...input, toolVersions: "newer" })).not.toBe(first);
  });

  it("is the same for a directory's options written out and left out", async () => {
    expect(await digest(plain, source("apps", { directory: { recurse: false } }))).toBe(await digest(plain, source("apps")));
  });
});
