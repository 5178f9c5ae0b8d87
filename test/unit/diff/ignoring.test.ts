import { describe, expect, it } from "vitest";
import { differencesBetween } from "../../../shared/diff/field-changes.ts";
import { ignoring } from "../../../shared/diff/ignore-rules.ts";
import type { IgnoreDifference } from "../../../shared/model/application.ts";
import { type Customizations, noCustomizations } from "../../../shared/model/customizations.ts";
import { Failure } from "../../../shared/model/failure.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { Jq } from "../../../shared/ports/jq.ts";
import { plainJq } from "../../fakes/plain-jq.ts";
import { deployment, ourEntry, ourFields } from "./builders.ts";

const rule = (change: Partial<IgnoreDifference> = {}): IgnoreDifference => ({
  group: "apps",
  kind: "Deployment",
  jsonPointers: [],
  jqPathExpressions: [],
  managedFieldsManagers: [],
  ...change,
});
const by = (ignoreDifferences: readonly IgnoreDifference[], customizations: Partial<Customizations> = {}, jq: Jq = plainJq()) =>
  ignoring({ application: { name: "web", ignoreDifferences }, customizations: { ...noCustomizations, ...customizations }, jq });
const pointersIn = (object: Manifest, ...rules: readonly IgnoreDifference[]) =>
  by(rules)(object).pointers.filter((each) => each !== "/status");
const failureOf = (work: () => unknown): Failure | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  return undefined;
};
const replicas = ["/spec/replicas"];

describe("ignoreDifferences", () => {
  it("holds for objects of its group and kind, which may be globs", () => {
    const jsonPointers = replicas;
    expect(pointersIn(deployment(), rule({ jsonPointers }))).toEqual(replicas);
    for (const change of [{ group: "*" }, { kind: "*" }, { group: "a?ps" }, { kind: "{Deployment,StatefulSet}" }])
      expect(pointersIn(deployment(), rule({ jsonPointers, ...change }))).toEqual(replicas);
    for (const change of [{ group: "" }, { kind: "Deploy" }, { group: "app" }])
      expect(pointersIn(deployment(), rule({ jsonPointers, ...change }))).toEqual([]);
    expect(pointersIn({ ...deployment(), apiVersion: "v1" }, rule({ jsonPointers, group: "*" }))).toEqual(replicas);
  });

  it("holds for one name and one namespace where they are given, and those are no globs", () => {
    const jsonPointers = replicas;
    expect(pointersIn(deployment(), rule({ jsonPointers, name: "web", namespace: "prod" }))).toEqual(replicas);
    for (const change of [{ name: "api" }, { namespace: "test" }, { name: "w*" }, { namespace: "*" }])
      expect(pointersIn(deployment(), rule({ jsonPointers, ...change }))).toEqual([]);
  });

  it("adds up over the Application's rules and those of argocd-cm", () => {
    const ignored = by([rule({ jsonPointers: replicas }), rule({ managedFieldsManagers: ["hpa"] })], {
      ignoreDifferences: [
        rule({ group: "*", kind: "*", jsonPointers: ["/metadata/labels"], managedFieldsManagers: ["keda"] }),
        rule({ kind: "Service", jsonPointers: ["/spec/type"] }),
      ],
    })(deployment());
    expect(ignored).toEqual({ pointers: ["/status", "/spec/replicas", "/metadata/labels"], managers: ["hpa", "keda"] });
  });

  it("finds the places of jq expressions in each object for itself", () => {
    const ignored = by([rule({ jqPathExpressions: ['.spec.template.spec.containers[] | select(.name == "web") | .image'] })]);
    const images = (...names: readonly string[]) =>
      ignored(deployment({ containers: names.map((name) => ({ name, image: `${name}:1` })) })).pointers.slice(1);
    expect(images("web")).toEqual(["/spec/template/spec/containers/0/image"]);
    expect(images("side", "web")).toEqual(["/spec/template/spec/containers/1/image"]);
    expect(images("side")).toEqual([]);
  });

  it("asks jq for what is more than a plain path, and once for each object", () => {
    const expression = ".spec.containers[1:]";
    const jq = plainJq({ [expression]: () => ({ state: "paths", paths: [["spec", "containers", { start: 1, end: null }]] }) });
    const ignored = by([rule({ jqPathExpressions: [expression, ".spec.replicas"] })], {}, jq);
    const object: Manifest = { ...deployment(), spec: { replicas: 1, containers: ["a", "b", "c"] } };
    expect(ignored(object).pointers).toEqual(["/status", "/spec/containers/1", "/spec/containers/2", "/spec/replicas"]);
    ignored(object);
    expect(jq.asked).toEqual([expression, expression]);
  });

  it("reads places of any form: from the end, parts of parts, names with slashes, what is not there", () => {
    const paths = [
      ["a", -1],
      ["a", { start: -2, end: null }, 0],
      ["a", -9],
      ["m", "x/y~z"],
      ["m", "none", "deep"],
      ["m", 0],
      ["a", "x"],
    ];
    const expression = "odd()";
    const ignored = by([rule({ jqPathExpressions: [expression] })], {}, plainJq({ [expression]: () => ({ state: "paths", paths }) }));
    const object: Manifest = { ...deployment(), a: [1, 2, 3], m: { "x/y~z": 1 } };
    expect(ignored(object).pointers).toEqual(["/status", "/a/2", "/a/1", "/m/x~1y~0z"]);
  });
});

describe("an expression that does not work", () => {
  it("is an error that names Application and expression when it is broken, before any object is looked at", () => {
    const failure = failureOf(() => by([rule({ jqPathExpressions: [".spec["] })]));
    expect(failure).toMatchObject({ code: "ConfigurationInvalid", retry: false });
    expect(failure?.message).toBe(
      'Application web: spec.ignoreDifferences: jqPathExpression ".spec[" is no jq path: syntax error; correct it, or use jsonPointers',
    );
    const everywhere = failureOf(() => by([], { ignoreDifferences: [rule({ jqPathExpressions: ["x("] })] }));
    expect(everywhere?.message).toContain("Application web: resource.customizations in argocd-cm");
  });

  it("is an error when it takes too long, and names the object", () => {
    const expression = "slow(.)";
    const answers = {
      [expression]: (document: unknown) =>
        Object.keys(Object(document)).length === 0
          ? ({ state: "paths", paths: [] } as const)
          : ({ state: "over limit", message: "it takes longer than 1000 ms" } as const),
    };
    const ignored = by([rule({ jqPathExpressions: [expression] })], {}, plainJq(answers));
    const failure = failureOf(() => ignored(deployment()));
    expect(failure).toMatchObject({ code: "LimitExceeded", retry: false });
    expect(failure?.message).toContain('"slow(.)" was given up on for Deployment prod/web: it takes longer than 1000 ms');
    expect(ignored({ ...deployment(), kind: "Job" }).pointers).toEqual(["/status"]);
  });

  it("is an error when it names the whole object", () => {
    expect(failureOf(() => by([rule({ jqPathExpressions: ["."] })])(deployment()))?.message).toContain("it names the whole object");
  });

  it("ignores nothing in an object of another shape, and says so", () => {
    const ignored = by([rule({ jqPathExpressions: [".spec.template.spec.containers[].env[]"], jsonPointers: replicas })])(deployment());
    expect(ignored.pointers).toEqual(["/status", "/spec/replicas"]);
    expect(ignored.unfit).toEqual([
      'Application web: spec.ignoreDifferences: jqPathExpression ".spec.template.spec.containers[].env[]" does not fit ' +
        "Deployment prod/web, nothing is ignored by it: Cannot iterate over null",
    ]);
  });
});

describe("jq's complaints about a Secret (S-01)", () => {
  const secret: Manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, data: { a: "aHVudGVyMg==" } };
  const of = (state: "unfit" | "broken" | "over limit") => {
    const expression = "telling()";
    const answers = (document: unknown) =>
      document === secret
        ? ({ state, message: 'Cannot iterate over string ("aHVudGVyMg==")' } as const)
        : ({ state: "paths", paths: [] } as const);
    return () => by([rule({ group: "", kind: "Secret", jqPathExpressions: [expression] })], {}, plainJq({ [expression]: answers }))(secret);
  };

  it("are not repeated", () => {
    expect(JSON.stringify(of("unfit")())).not.toContain("aHVudGVyMg");
    for (const state of ["broken", "over limit"] as const) {
      expect(failureOf(of(state))).toBeInstanceOf(Failure);
      expect(failureOf(of(state))?.message).not.toContain("aHVudGVyMg");
    }
  });
});

describe("what is ignored by the nature of things", () => {
  const crd: Manifest = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "x" } };
  const compare = (ignoreResourceStatusField: "all" | "crd" | "none") =>
    by([], { compare: { ignoreAggregatedRoles: false, ignoreResourceStatusField } });

  it("is every kind's status, or CRDs' only, or none, as resource.compareoptions says", () => {
    expect([compare("all"), compare("crd"), compare("none")].map((each) => each(deployment()).pointers)).toEqual([["/status"], [], []]);
    expect(compare("crd")(crd).pointers).toContain("/status");
    expect(compare("none")(crd).pointers).toEqual(["/spec/preserveUnknownFields"]);
  });

  it("is the rules of an aggregated ClusterRole, and of no other", () => {
    const role: Manifest = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "x" }, rules: [] };
    expect(by([])({ ...role, aggregationRule: {} }).pointers).toContain("/rules");
    expect(by([])(role).pointers).not.toContain("/rules");
  });

  it("is what the object's own annotation says, as long as it is Git's", () => {
    const annotations = { "argocd.argoproj.io/ignore-differences": " /spec/replicas, /metadata/labels ,nonsense" };
    const field = { "f:annotations": { "f:argocd.argoproj.io/ignore-differences": {} } };
    const ours = { ...ourEntry, fieldsV1: { ...ourFields, "f:metadata": { ...field } } };
    const annotated = (entries: readonly object[] | undefined): Manifest => {
      const { managedFields: _, ...metadata } = deployment().metadata;
      return {
        ...deployment(),
        metadata: { ...metadata, annotations, ...(entries && { managedFields: entries.map((each) => ({ ...each })) }) },
      };
    };
    for (const entries of [undefined, [ours]])
      expect(by([])(annotated(entries)).pointers).toEqual(["/status", "/spec/replicas", "/metadata/labels"]);
    expect(by([])(annotated([ourEntry])).pointers).toEqual(["/status"]);
    expect(by([])(annotated([])).pointers).toEqual(["/status"]);
  });
});

describe("a comparison without what is ignored", () => {
  const options = { fieldManager: "fairlead", includeMutationWebhook: true };
  const differences = (predicted: Manifest, live: Manifest, change: Partial<IgnoreDifference>) =>
    differencesBetween(predicted, live, { ...options, ignored: by([rule(change)]) }).map(({ path }) => path);
  const web = { name: "web", image: "web:1" };
  const side = { name: "side", image: "side:1" };

  it("ignores an item wherever it stands, in either object", () => {
    const jqPathExpressions = ['.spec.template.spec.containers[] | select(.name == "side")'];
    const [one, both] = [deployment({ containers: [web] }), deployment({ containers: [side, web] })];
    expect(differences(one, both, { jqPathExpressions })).toEqual([]);
    expect(differences(both, one, { jqPathExpressions })).toEqual([]);
    const other = deployment({ containers: [side, { ...web, image: "web:2" }] });
    expect(differences(one, other, { jqPathExpressions })).toEqual(["spec.template.spec.containers[name=web].image"]);
  });

  it("does not mind a map of which nothing is left", () => {
    const withStrategy = (strategy: Manifest["spec"]): Manifest => ({ ...deployment(), spec: { strategy } });
    const jsonPointers = ["/spec/strategy/rollingUpdate"];
    expect(differences(withStrategy({ rollingUpdate: { maxSurge: 1 } }), withStrategy(undefined), { jsonPointers })).toEqual([]);
    expect(differences(withStrategy({}), withStrategy(undefined), { jsonPointers })).toEqual(["spec.strategy"]);
  });

  it("ignores the fields that a named manager owns, and those only", () => {
    const hpa = { manager: "hpa", operation: "Update", fieldsV1: { "f:spec": { "f:replicas": {} } } };
    const live = deployment({ replicas: 5, labels: { app: "other" }, entries: [ourEntry, hpa] });
    expect(differences(deployment(), live, { managedFieldsManagers: ["hpa"] })).toEqual(["metadata.labels.app"]);
    expect(differences(deployment(), live, {})).toEqual(["metadata.labels.app", "spec.replicas"]);
  });
});
