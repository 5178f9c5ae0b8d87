import type { JsonObject } from "../../../shared/model/json.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";

/** A live object of generation 2, with spec and status as given. */
export const live = (
  apiVersion: string,
  kind: string,
  fields: { readonly spec?: JsonObject; readonly status?: JsonObject; readonly metadata?: JsonObject } = {},
): Manifest => {
  const { metadata, ...rest } = fields;
  return { apiVersion, kind, metadata: { name: "web", namespace: "prod", generation: 2, ...metadata }, ...rest };
};

export const condition = (type: string, status: string, reason = "", message = ""): JsonObject => ({ type, status, reason, message });
