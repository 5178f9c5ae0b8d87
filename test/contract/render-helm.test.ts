import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalCage } from "../../shared/adapters/cage/namespaces.ts";
import type { Failure } from "../../shared/model/failure.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { realCage } from "../support/cage.ts";
import { type Files, helmSource, namesOf, renderFiles } from "../support/render.ts";

/** Shows what the chart was given. */
const shown = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  values: {{ .Values | toJson | quote }}
  version: {{ .Capabilities.KubeVersion.Version }}
  ships: {{ .Capabilities.APIVersions.Has "example.com/v1/Ship" | quote }}
  whales: {{ .Capabilities.APIVersions.Has "example.com/v1/Whale" | quote }}
`;
const chart: Files = {
  "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
  "chart/values.yaml": "from: chart\nchart: true\n",
  "chart/templates/shown.yaml": shown,
};
const dataOf = (manifests: readonly Manifest[], field = "values"): unknown => {
  const data = manifests.find(({ kind }) => kind === "ConfigMap")?.data;
  return typeof data === "object" && data !== null && field in data
    ? Object.entries(data).find(([name]) => name === field)?.[1]
    : undefined;
};
const valuesOf = (manifests: readonly Manifest[]): unknown => JSON.parse(String(dataOf(manifests)));

describe("a chart, rendered by the real helm", () => {
  let cage: LocalCage;
  beforeAll(async () => {
    cage = await realCage();
  });
  afterAll(() => cage.close());

  const render = (files: Files, options: Parameters<typeof helmSource>[0] = {}, parts: Parameters<typeof helmSource>[1] = {}) =>
    renderFiles(files, helmSource(options, parts), cage, parts.refs);
  const failure = (...request: Parameters<typeof render>): Promise<Failure> =>
    render(...request).then(
      () => Promise.reject(new Error("it was rendered")),
      (error: Failure) => error,
    );

  it("gets release name, namespace, the destination's version and its API list", async () => {
    const { manifests } = await render(chart);
    expect(manifests[0]?.metadata).toEqual({ name: "web", namespace: "shop" });
    expect([dataOf(manifests, "version"), dataOf(manifests, "ships"), dataOf(manifests, "whales")]).toEqual(["v1.36.3", "true", "false"]);
  });

  it("gets those of the source where it names its own", async () => {
    const options = { releaseName: "mine", namespace: "own", kubeVersion: "v1.30.1-eks-abc", apiVersions: ["example.com/v1/Whale"] };
    const { manifests } = await render(chart, options);
    expect(manifests[0]?.metadata).toEqual({ name: "mine", namespace: "own" });
    expect([dataOf(manifests, "version"), dataOf(manifests, "ships"), dataOf(manifests, "whales")]).toEqual(["v1.30.1", "false", "true"]);
  });

  it("takes parameters over valuesObject over values over value files (later ones win) over its own values", async () => {
    const files = { ...chart, "chart/first.yaml": "from: first\nfirst: true\n", "values/second.yaml": "from: second\nsecond: true\n" };
    const steps = { valueFiles: ["first.yaml", "../values/second.yaml"], values: "from: values\nvalues: true\n" };
    expect(valuesOf((await render(chart)).manifests)).toEqual({ from: "chart", chart: true });
    expect(valuesOf((await render(files, { valueFiles: steps.valueFiles })).manifests)).toEqual({
      from: "second",
      chart: true,
      first: true,
      second: true,
    });
    expect(valuesOf((await render(files, steps)).manifests)).toEqual({
      from: "values",
      chart: true,
      first: true,
      second: true,
      values: true,
    });
    const object = { ...steps, valuesObject: { from: "object" } };
    expect(valuesOf((await render(files, object)).manifests)).toEqual({ from: "object", chart: true, first: true, second: true });
    const parameters = [{ name: "from", value: "parameter" }];
    expect(valuesOf((await render(files, { ...object, parameters })).manifests)).toMatchObject({ from: "parameter" });
  });

  it("takes parameters as numbers unless forced to text, with commas, lists and variables", async () => {
    const parameters = [
      { name: "number", value: "5" },
      { name: "text", value: "5", forceString: true },
      { name: "commas", value: "a,b=c" },
      { name: "list", value: "{a,b}" },
      { name: "app", value: "$ARGOCD_APP_NAME costs $$5" },
    ];
    expect(valuesOf((await render(chart, { parameters }, { env: { ARGOCD_APP_NAME: "web" } })).manifests)).toMatchObject({
      number: 5,
      text: "5",
      commas: "a,b=c",
      list: ["a", "b"],
      app: "web costs $5",
    });
  });

  it("takes value files and file parameters from its folder, the repository's root and other sources", async () => {
    const files = { ...chart, "chart/with,comma.yaml": "comma: true\n", "root.yaml": "root: true\n", "motd.txt": "hello, world" };
    const refs = { values: { "env/production.yaml": "ref: true\n" } };
    const options = {
      valueFiles: ["with,comma.yaml", "/root.yaml", "$values/env/production.yaml"],
      fileParameters: [{ name: "motd", path: "../motd.txt" }],
    };
    expect(valuesOf((await render(files, options, { refs })).manifests)).toMatchObject({
      comma: true,
      root: true,
      ref: true,
      motd: "hello, world",
    });
  });

  it("includes CRDs and tests unless told not to, and leaves hooks as they are", async () => {
    const files = {
      ...chart,
      "chart/crds/ship.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ships.example.com}\n",
      "chart/templates/test.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: try, annotations: {helm.sh/hook: test}}\n",
      "chart/templates/hook.yaml":
        'apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "-1"}}\n',
    };
    const all = await render(files);
    expect(namesOf(all.manifests).toSorted()).toEqual([
      "ConfigMap web",
      "CustomResourceDefinition ships.example.com",
      "Job migrate",
      "Pod try",
    ]);
    expect(all.manifests.find(({ kind }) => kind === "Job")?.metadata.annotations).toEqual({
      "helm.sh/hook": "pre-install,pre-upgrade",
      "helm.sh/hook-weight": "-1",
    });
    const fewer = await render(files, { skipCrds: true, skipTests: true });
    expect(namesOf(fewer.manifests).toSorted()).toEqual(["ConfigMap web", "Job migrate"]);
  });

  it("checks values against its schema unless told not to", async () => {
    const files = { ...chart, "chart/values.schema.json": '{"properties": {"from": {"type": "integer"}}}' };
    expect((await failure(files)).message).toBe(
      "the values do not fit chart/values.schema.json: shop: - at '/from': got string, want integer",
    );
    expect((await render(files, { skipSchemaValidation: true })).manifests).toHaveLength(1);
  });

  it("may stand at the repository's root", async () => {
    const files = Object.fromEntries(Object.entries(chart).map(([path, text]) => [path.slice("chart/".length), text]));
    expect(namesOf((await render(files, { values: "a: 1" }, { path: "" })).manifests)).toEqual(["ConfigMap web"]);
  });

  it("cannot ask a cluster, a name server or its environment (G-09)", async () => {
    const asking = `${shown}  cluster: '{{ lookup "v1" "Secret" "kube-system" "x" | toJson }}'\n  dns: '{{ getHostByName "example.com" }}'\n`;
    const { manifests } = await render({ ...chart, "chart/templates/shown.yaml": asking });
    expect([dataOf(manifests, "cluster"), dataOf(manifests, "dns")]).toEqual(["{}", ""]);
    expect((await failure({ ...chart, "chart/templates/env.yaml": '{{ env "HOME" }}' })).message).toBe(
      'chart/templates/env.yaml:1: function "env" not defined',
    );
  });
});
