import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { installationJsonSchema } from "../../../shared/config/json-schema.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../shared/model/json.ts";

/** Every field below a schema, by its path. */
const fieldsOf = (schema: Json | undefined, path = ""): readonly (readonly [string, JsonObject])[] => {
  if (!isJsonObject(schema)) return [];
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  const below = properties.flatMap(([name, field]) => fieldsOf(field, path === "" ? name : `${path}.${name}`));
  return [...(path === "" ? [] : [[path, schema] as const]), ...below, ...fieldsOf(schema.items, `${path}[]`)];
};

describe("the installation file's JSON schema", () => {
  const schema = installationJsonSchema();

  it("is published as the code has it", () => {
    const published: unknown = JSON.parse(readFileSync(new URL("../../../infra/fairlead.schema.json", import.meta.url), "utf8"));
    expect(published).toEqual(schema);
  });

  it("says what each field means", () => {
    const silent = fieldsOf(schema).filter(([path, field]) => !path.endsWith("[]") && typeof field.description !== "string");
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it("says the default of each field that may be left out and has one", () => {
    const defaults = Object.fromEntries(fieldsOf(schema).flatMap(([path, field]) => ("default" in field ? [[path, field.default]] : [])));
    expect(defaults).toMatchObject({
      controlNamespace: "argocd",
      "intervals.driftSeconds": 180,
      "controlRepository.targetRevision": "HEAD",
    });
    expect(schema.required).toEqual(["controlRepository"]);
  });
});
