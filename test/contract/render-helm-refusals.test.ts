import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalCage } from "../../shared/adapters/cage/namespaces.ts";
import type { Failure } from "../../shared/model/failure.ts";
import { realCage } from "../support/cage.ts";
import { configMap, type Files, helmSource, renderFiles } from "../support/render.ts";

const chart: Files = {
  "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
  "chart/values.yaml": "from: chart\n",
  "chart/templates/a.yaml": configMap("a"),
};

describe("a chart that helm cannot render", () => {
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

  const template = (text: string): Files => ({ ...chart, "chart/templates/broken.yaml": text });
  it.each<[string, Files, RegExp]>([
    [
      "a syntax error",
      template("a: 1\nb: {{ .Values.x\n"),
      /^chart\/templates\/broken\.yaml:3: unclosed action started at chart\/templates\/broken\.yaml:2$/,
    ],
    [
      "a value that is not there",
      template("a: 1\nb: {{ .Values.x.y.z }}\n"),
      /^chart\/templates\/broken\.yaml:2: <\.Values\.x\.y\.z>: nil pointer evaluating interface \{\}\.y$/,
    ],
    [
      "a template that is not there",
      template('{{ include "nope" . }}'),
      /^chart\/templates\/broken\.yaml:1: <include "nope" \.>: error calling include: template: no template "nope"/,
    ],
    ["a required value", template('{{ required "name the port" .Values.port }}'), /^chart\/templates\/broken\.yaml:1: name the port$/],
    [
      "output that is no YAML",
      template("kind: Pod\nmetadata:\n  name: a\n bad: x\n"),
      /^chart\/templates\/broken\.yaml renders to what is no YAML: did not find expected key near line \d/,
    ],
    [
      "an object without a name",
      template("apiVersion: v1\nkind: Pod\nmetadata: {}\n"),
      /^chart\/templates\/broken\.yaml \(line 1 of its output\): the document is a Pod that has no metadata\.name/,
    ],
    ["values that are no YAML", { ...chart, "chart/values.yaml": "a: [" }, /^chart\/values\.yaml cannot be read: yaml: line 1/],
    [
      "a missing dependency",
      {
        ...chart,
        "chart/Chart.yaml":
          "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies: [{name: pg, version: 1.0.0, repository: 'https://x'}]\n",
      },
      /^chart\/Chart\.yaml depends on pg, and charts\/ does not have it$/,
    ],
    [
      "a template in a dependency",
      {
        ...chart,
        "chart/charts/pg/Chart.yaml": "apiVersion: v2\nname: pg\nversion: 1.0.0\n",
        "chart/charts/pg/templates/x.yaml": "{{ fail `no` }}",
      },
      /^chart\/charts\/pg\/templates\/x\.yaml:1: no$/,
    ],
    [
      "a name out of the tree (G-03)",
      { ...chart, "chart/Chart.yaml": "apiVersion: v2\nname: ..\nversion: 1.0.0\n" },
      /^Helm cannot render chart: validation: chart\.metadata\.name "\.\." is not allowed$/,
    ],
    [
      "a schema on the network (G-09)",
      { ...chart, "chart/values.schema.json": '{"$ref": "http://127.0.0.1:9001/x"}' },
      /^the values do not fit chart\/values\.schema\.json: .*network is unreachable/,
    ],
    [
      "a schema on the disk (G-09)",
      { ...chart, "chart/values.schema.json": '{"$ref": "file:///proc/self/environ"}' },
      /^the values do not fit chart\/values\.schema\.json: .*no such file or directory/,
    ],
    ["no chart at all", { "chart/values.yaml": "" }, /^chart has no Chart\.yaml; make the path the folder of a chart$/],
  ])("names what is wrong: %s", async (_, files, sentence) => {
    const { message } = await failure(files);
    expect(message).toMatch(sentence);
    expect(message).not.toMatch(/\/work\/|run-\d|source\/|--debug|\n/);
  });

  it.each<[string, Parameters<typeof helmSource>[0], RegExp]>([
    [
      "a value file outside the repository (G-01)",
      { valueFiles: ["../../etc/passwd"] },
      /^source\.helm\.valueFiles\[0\]: "\.\.\/\.\.\/etc\/passwd" leads out of the repository/,
    ],
    [
      "an absolute one (G-01)",
      { valueFiles: ["/etc/passwd"] },
      /^source\.helm\.valueFiles\[0\]: "\/etc\/passwd" does not exist \(etc\/passwd\)/,
    ],
    [
      "a URL (G-01)",
      { valueFiles: ["https://example.com/values.yaml"] },
      /^source\.helm\.valueFiles\[0\]: "https:\/\/example\.com\/values\.yaml" is a URL/,
    ],
    [
      "a file parameter outside (G-01)",
      { fileParameters: [{ name: "x", path: "../../x" }] },
      /^source\.helm\.fileParameters\[0\]\.path: "\.\.\/\.\.\/x" leads out/,
    ],
    ["a ref that nobody has", { valueFiles: ["$values/x.yaml"] }, /refers to a source with ref: values, and there is none/],
    ["written values that are no YAML", { values: "a: [" }, /^helm\.values cannot be read: yaml: line 1/],
    ["a release name that is a flag", { releaseName: "--post-renderer=x" }, /invalid release name/],
  ])("names what is wrong with the source: %s", async (_, options, sentence) => {
    expect((await failure(chart, options)).message).toMatch(sentence);
  });
});
