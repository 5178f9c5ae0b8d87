import { adoptedFields } from "../diff/adoption.ts";
import { boundTo, boundToAbsence } from "../diff/bound.ts";
import { fieldManager } from "../diff/field-manager.ts";
import { applyDeclared } from "../diff/undeclared-fields.ts";
import type { Manifest } from "../model/manifest.ts";
import { keyOf } from "../model/resource-key.ts";
import type { SyncOptions } from "../policy/sync-options.ts";
import type { ApplyAnswer, Cluster, LiveObject } from "../ports/cluster.ts";
import type { DesiredObject } from "./desired.ts";
import { addressOf } from "./observe.ts";

export interface WriteAccess {
  readonly cluster: Cluster;
  readonly optionsOf: (manifest: Manifest) => SyncOptions;
  /** What is applied over a live object: without the fields that are left to others, where the options ask for that. */
  readonly sentOver: (desired: Manifest, live: Manifest) => Manifest;
}

/** Brings one object to its desired state the way that its sync options say, bound to the version that was seen. */
export const writeObject = async (object: DesiredObject, seen: Manifest | undefined, access: WriteAccess): Promise<ApplyAnswer> => {
  const options = access.optionsOf(object.manifest);
  if (seen === undefined) return createObject(object.manifest, options, access.cluster);
  if (options.replace)
    return options.force ? recreate(object, seen, options, access.cluster) : replace(object, seen, options, access.cluster);
  const adopted = options.clientSideApplyMigration ? await adopt(object, seen, access.cluster) : undefined;
  if (adopted !== undefined && adopted.state !== "applied") return adopted;
  const ours = adopted?.object ?? seen;
  const answer = await apply({ ...object, manifest: access.sentOver(object.manifest, ours) }, ours, options, access.cluster);
  const unchangeable = answer.state === "refused" && answer.reason === "Invalid";
  return options.force && unchangeable ? recreate(object, ours, options, access.cluster) : answer;
};

/**
 * A conflict where something stands by now, whoever made it. An API server that keeps its kinds in its own way may refuse what names a version that
 * it cannot have: there it is sent without, and changes what came meanwhile.
 */
export const createObject = async (
  manifest: Manifest,
  { validate }: Pick<SyncOptions, "validate">,
  cluster: Cluster,
): Promise<ApplyAnswer> => {
  const how = { fieldManager, force: true, validate };
  const answer = await applyDeclared(cluster, boundToAbsence(manifest), how);
  return answer.state !== "applied" && (await isAboutVersion(answer, manifest, cluster)) ? applyDeclared(cluster, manifest, how) : answer;
};

const isAboutVersion = async (
  answer: Exclude<ApplyAnswer, { state: "applied" }>,
  manifest: Manifest,
  cluster: Cluster,
): Promise<boolean> => {
  // Such as "resourceVersion should not be set on objects to be created"; there is no code for it.
  if (answer.state === "refused") return /resourceVersion/i.test(answer.message);
  const found = await cluster.get(addressOf(keyOf(manifest), manifest.apiVersion));
  return found.state === "absent";
};

const apply = (object: DesiredObject, seen: Manifest | undefined, { validate }: SyncOptions, cluster: Cluster): Promise<ApplyAnswer> =>
  applyDeclared(cluster, boundTo(seen, object.manifest), { fieldManager, force: true, validate });

/** The whole object is Git's. The apply that follows changes no value: it records which fields are ours, by which drift is found. */
const replace = async (object: DesiredObject, seen: Manifest, options: SyncOptions, cluster: Cluster): Promise<ApplyAnswer> => {
  const { validate } = options;
  const answer = await cluster.replace(boundTo(seen, object.manifest), { fieldManager, validate });
  if (answer.state !== "applied") return answer;
  // Not bound to the version: a status that moves meanwhile is no conflict, and no value of ours is at stake.
  const { uid } = answer.object.metadata;
  const metadata = { ...object.manifest.metadata, ...(uid !== undefined && { uid }) };
  return apply({ ...object, manifest: { ...object.manifest, metadata } }, undefined, options, cluster);
};

/** Deleted and created again. One that is held by finalizers is created by a later try. */
const recreate = async (object: DesiredObject, seen: Manifest, options: SyncOptions, cluster: Cluster): Promise<ApplyAnswer> => {
  const at = addressOf(object.key, object.manifest.apiVersion);
  const { uid = "", resourceVersion = "" } = seen.metadata;
  const answer = await cluster.delete(at, { uid, resourceVersion, propagation: "Background" });
  if (answer.state === "conflict") return answer;
  if (answer.state === "refused") return { ...answer, fields: [] };
  const left = await cluster.get(at);
  if (left.state === "absent") return createObject(object.manifest, options, cluster);
  const message = `it is being deleted, to be created again, and is not gone yet${heldBy(left)}`;
  return { state: "refused", reason: "Conflict", message, fields: [] };
};

const heldBy = (left: LiveObject): string => {
  const { finalizers = [] } = left.state === "found" ? left.object.metadata : {};
  return finalizers.length === 0 ? "" : `; it is held by ${finalizers.join(", ")}`;
};

/** Takes over the fields of whoever applied it before us; undefined where there are none. */
const adopt = async (object: DesiredObject, seen: Manifest, cluster: Cluster): Promise<ApplyAnswer | undefined> => {
  const { apiVersion } = object.manifest;
  const managedFields = adoptedFields(seen, fieldManager, apiVersion);
  const { resourceVersion } = seen.metadata;
  if (managedFields === undefined || resourceVersion === undefined) return undefined;
  const patch = [{ op: "replace", path: "/metadata/managedFields", value: [...managedFields] } as const];
  return cluster.patch(addressOf(object.key, apiVersion), patch, { fieldManager, resourceVersion });
};
