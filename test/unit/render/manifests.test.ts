import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import { maxManifests, parseManifests } from "../../../shared/render/manifests.ts";
import { configMap, namesOf } from "../../support/render.ts";

const failureOf = (text: string): Failure => {
  try {
    parseManifests(text, "apps/web.yaml");
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("manifests of a text", () => {
  it("are its objects in order", () => {
    const { manifests } = parseManifests(`${configMap("a")}---\n---\n${configMap("b")}`, "a.yaml");
    expect(namesOf(manifests)).toEqual(["ConfigMap a", "ConfigMap b"]);
  });

  it("unfolds lists, also nested ones and those whose items leave out their kind (K-01)", () => {
    const object = (name: string, kind?: string) => ({ ...(kind ? { apiVersion: "v1", kind } : {}), metadata: { name } });
    const list = {
      apiVersion: "v1",
      kind: "List",
      items: [object("a", "Secret"), { apiVersion: "v1", kind: "ConfigMapList", items: [object("b"), object("c")] }],
    };
    expect(namesOf(parseManifests(JSON.stringify(list), "a.json").manifests)).toEqual(["Secret a", "ConfigMap b", "ConfigMap c"]);
    expect(parseManifests("apiVersion: v1\nkind: List\nitems:\n", "a.yaml").manifests).toEqual([]);
  });

  it("leaves a custom resource alone that has items but is no list", () => {
    const { manifests } = parseManifests("apiVersion: x/v1\nkind: Menu\nmetadata: {name: a}\nitems: [{name: soup}]\n", "a.yaml");
    expect(namesOf(manifests)).toEqual(["Menu a"]);
  });

  it("keep a generateName where they have no name", () => {
    expect(parseManifests("apiVersion: v1\nkind: Pod\nmetadata: {generateName: run-}\n", "a.yaml").manifests[0]?.metadata).toEqual({
      name: "",
      generateName: "run-",
    });
  });

  it("lose what only the API server writes, with a word about it", () => {
    const saved =
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  uid: x\n  resourceVersion: '3'\n  creationTimestamp: null\n  labels:\n  annotations: {a: }\n";
    const { manifests, warnings } = parseManifests(saved, "a.yaml");
    expect(manifests[0]?.metadata).toEqual({ name: "a", annotations: { a: "" } });
    expect(warnings).toEqual(["a.yaml:1: metadata.uid, metadata.resourceVersion belong to the API server and were left out"]);
  });
});

describe("a document that is no manifest", () => {
  it.each([
    ["kind: Pod\nmetadata: {name: a}", "apps/web.yaml:1: the document is a Pod that has no apiVersion"],
    ["apiVersion: v1\nmetadata: {name: a}", "apps/web.yaml:1: the document has no kind"],
    ["apiVersion: v1\nkind: Pod", "the document is a Pod that has no metadata"],
    ["apiVersion: v1\nkind: Pod\nmetadata: {}", "the document is a Pod that has no metadata.name"],
    ["apiVersion: v1\nkind: Pod\nmetadata: {name: 5}", 'metadata.name that is the number 5 and no text; quote it: `name: "5"`'],
    ["apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {on: 1}}", 'metadata.labels["true"] that is the number 1'],
    ["apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: [x]}", "metadata.annotations that are a list"],
    ["- a\n- b", "apps/web.yaml:1: the document holds no object"],
    ["apiVersion: v1\nkind: List\nitems: [{kind: Pod}]", "apps/web.yaml:1 items[0]: the document is a Pod that has no apiVersion"],
  ])("is refused by file, line and field: %j", (text, sentence) => {
    const failure = failureOf(text);
    expect(failure.code).toBe("ManifestInvalid");
    expect(failure.message).toContain(sentence);
  });

  it("is found in the third document by its line", () => {
    expect(failureOf(`${configMap("a")}---\n${configMap("b")}---\nkind: Pod\n`).message).toMatch(/^apps\/web\.yaml:12: /);
  });

  it("cannot hide behind lists of lists (G-10)", () => {
    const nested = Array.from({ length: 12 }).reduce((inner) => ({ apiVersion: "v1", kind: "List", items: [inner] }), {});
    expect(failureOf(JSON.stringify(nested)).message).toContain("nests lists deeper than 10");
  });

  it("cannot come in numbers that fill a function's memory (G-10)", () => {
    const failure = failureOf(
      JSON.stringify({ apiVersion: "v1", kind: "ConfigMapList", items: Array(maxManifests + 1).fill({ metadata: { name: "a" } }) }),
    );
    expect(failure.code).toBe("LimitExceeded");
  });
});
