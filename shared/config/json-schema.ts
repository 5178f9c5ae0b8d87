import * as z from "zod/mini";
import { closest, type FieldPath } from "../model/field-problem.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { InstallationSchema } from "./schema.ts";

/** The installation file's JSON schema, for editors and for people. A copy is published as `infra/fairlead.schema.json`. */
export const installationJsonSchema = (): JsonObject => {
  const schema: unknown = z.toJSONSchema(InstallationSchema, { io: "input", target: "draft-7" });
  const json: Json = JSON.parse(JSON.stringify(schema));
  return { title: "Fairlead's installation file (fairlead.yaml)", ...(isJsonObject(json) ? json : {}) };
};

/** The field that was probably meant by an unknown one. */
export const meantField = (schema: JsonObject, path: FieldPath): string | undefined => {
  const unknown = path.at(-1);
  const known = knownFields(schema, path.slice(0, -1));
  return typeof unknown === "string" ? closest(unknown, known) : undefined;
};

/** Names of the fields that a map at this path may have, the required ones first. */
export const knownFields = (schema: JsonObject, path: FieldPath): readonly string[] => {
  const map = schemaAt(schema, path);
  const required = Array.isArray(map.required) ? map.required.map(String) : [];
  return [...required, ...Object.keys(fieldsOf(map)).filter((name) => !required.includes(name))];
};

const schemaAt = (schema: JsonObject, path: FieldPath): JsonObject => {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const below = typeof step === "number" ? schema.items : fieldsOf(schema)[step];
  return isJsonObject(below) ? schemaAt(below, rest) : {};
};

const fieldsOf = (schema: JsonObject): JsonObject => (isJsonObject(schema.properties) ? schema.properties : {});
