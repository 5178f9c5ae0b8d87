import { isJsonObject, type Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { groupOf } from "../model/resource-key.ts";

/**
 * A manifest as it can be owned field by field. What the server moves elsewhere, or a controller overwrites at once, would be ours in a place
 * where it does not stand: it could neither drift nor be removed when Git drops it.
 */
export const desiredForm = (manifest: Manifest): Manifest => {
  if (manifest.apiVersion === "v1" && manifest.kind === "Secret") return withoutStringData(manifest);
  if (manifest.kind === "ClusterRole" && groupOf(manifest.apiVersion) === "rbac.authorization.k8s.io") return withoutAggregated(manifest);
  return manifest;
};

/** `stringData` is for writing only: the server puts it into `data`, where it beats what is there. */
const withoutStringData = (secret: Manifest): Manifest => {
  const { stringData, data, ...rest } = secret;
  if (!isJsonObject(stringData)) return secret;
  const texts = Object.entries(stringData);
  // What is no text is left for the server to refuse in its own words.
  const refused = texts.filter(([, value]) => typeof value !== "string" && value !== null && value !== undefined);
  const encoded = texts.flatMap(([key, value]) =>
    typeof value === "string" ? [[key, Buffer.from(value).toString("base64")] as const] : [],
  );
  return {
    ...rest,
    data: { ...(isJsonObject(data) ? data : {}), ...Object.fromEntries(encoded) },
    ...(refused.length > 0 && { stringData: Object.fromEntries(refused) }),
  };
};

/** An empty list between two writes of the controller would take everybody's rights for a moment. */
const withoutAggregated = (role: Manifest): Manifest => {
  const { rules: _, ...rest } = role;
  return isAggregated(role.aggregationRule) ? rest : role;
};

const isAggregated = (rule: Json | undefined): boolean => isJsonObject(rule);
