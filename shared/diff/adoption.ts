import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { ManagedFieldsEntry, Manifest } from "../model/manifest.ts";

/**
 * Who applied what we now apply: `kubectl apply`, Argo CD, Flux and Helm. Their fields become ours, or what Git drops later would stay for ever, owned
 * by somebody who does not come back (Argo CD's ClientSideApplyMigration, and what a move from Argo CD or Flux needs).
 */
const predecessors: ReadonlySet<string> = new Set([
  "kubectl-client-side-apply",
  "argocd-controller",
  "argocd-application-controller",
  "kustomize-controller",
  "helm",
]);

/** `metadata.managedFields` as it should be before we apply for the first time; undefined where there is nothing to take over. */
export const adoptedFields = (live: Manifest, fieldManager: string, apiVersion: string): readonly ManagedFieldsEntry[] | undefined => {
  const entries = live.metadata.managedFields ?? [];
  const theirs = entries.filter((entry) => isPredecessors(entry, apiVersion));
  if (theirs.length === 0) return undefined;
  const isOurs = (entry: ManagedFieldsEntry) =>
    entry.manager === fieldManager && entry.operation === "Apply" && !entry.subresource && entry.apiVersion === apiVersion;
  const merged = [...entries.filter(isOurs), ...theirs].map(({ fieldsV1 = {} }) => fieldsV1).reduce(union, {});
  const time = theirs.flatMap((entry) => entry.time ?? [])[0];
  const ours = { manager: fieldManager, operation: "Apply", apiVersion, fieldsType: "FieldsV1", fieldsV1: merged, ...(time && { time }) };
  return [ours, ...entries.filter((entry) => !isOurs(entry) && !theirs.includes(entry))];
};

const isPredecessors = ({ manager = "", subresource, apiVersion: version }: ManagedFieldsEntry, apiVersion: string): boolean =>
  predecessors.has(manager) && !subresource && version === apiVersion;

const union = (a: JsonObject, b: JsonObject): JsonObject => {
  const all: Record<string, JsonObject[string]> = { ...a };
  for (const [name, theirs] of Object.entries(b)) {
    const ours = all[name];
    all[name] = isJsonObject(ours) && isJsonObject(theirs) ? union(ours, theirs) : theirs;
  }
  return all;
};
