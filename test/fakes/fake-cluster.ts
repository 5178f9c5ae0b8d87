import { canonicalJson } from "../../shared/model/digest.ts";
import { isJsonObject } from "../../shared/model/json.ts";
import type { ManagedFieldsEntry, Manifest } from "../../shared/model/manifest.ts";
import { describeKey, formatKey, groupOf, keyOf } from "../../shared/model/resource-key.ts";
import type { ApplyAnswer, ApplyOptions, Cluster, ObjectAddress, ServedKind, WriteOptions } from "../../shared/ports/cluster.ts";
import { builtInKinds, kindOfCrd } from "./fake-kinds.ts";
import { watchLog } from "./fake-watch.ts";
import { patched, sameContent, selectorOf, updated } from "./object-changes.ts";
import { fieldsOf, merge, overlap, subtract, without } from "./server-side-apply.ts";

export interface FakeCluster extends Cluster {
  /** Every live object. */
  objects(): readonly Manifest[];
  /** Somebody else changes the live object: a controller, or a person whose tool is `manager`. */
  edit(at: ObjectAddress, manager: string, change: (live: Manifest) => Manifest): void;
  /** Watches that begin before now find that the server has forgotten where. */
  forget(): void;
  /** Each call in order, such as `apply Deployment web/web`; reads are `get`, `list`. */
  readonly calls: readonly string[];
}

export interface FakeClusterOptions {
  /** Called before each call with its line in `calls`; what it throws, the call throws. */
  readonly before?: (call: string) => Promise<void> | void;
  readonly kinds?: readonly ServedKind[];
  /** The server's time, ISO 8601; without it objects and entries have none. */
  readonly time?: () => string;
  /** Whether the kind of a stored CRD is served by now; without it that is at once. */
  readonly servesWhen?: (crd: Manifest) => boolean;
  /** Called after each change of an object, whoever made it; without `after` it was deleted. */
  readonly changed?: (after: Manifest | undefined, before: Manifest | undefined) => void;
  /** What an admission controller has against an object. */
  readonly refuse?: (
    manifest: Manifest,
  ) => { readonly reason: string; readonly message: string; readonly fields?: readonly string[] } | undefined;
}

/** An API server in memory, as small as the contract suite allows. Namespaces `default` and `kube-system` exist. */
export const fakeCluster = (options: FakeClusterOptions = {}): FakeCluster => {
  const live = new Map<string, Manifest>();
  const calls: string[] = [];
  const kinds = [...builtInKinds, ...(options.kinds ?? [])];
  const log = watchLog();
  let version = 1;

  const nameOf = (at: ObjectAddress): string =>
    formatKey({ group: groupOf(at.apiVersion), kind: at.kind, namespace: at.namespace, name: at.name });
  const served = (at: { apiVersion: string; kind: string }) =>
    kinds.find((each) => each.apiVersion === at.apiVersion && each.kind === at.kind);
  const call = async (line: string): Promise<void> => {
    calls.push(line);
    await options.before?.(line);
  };
  const store = (object: Manifest, before: Manifest | undefined): Manifest => {
    if (before && sameContent(before, object)) return before;
    version++;
    const uid = before?.metadata.uid ?? `uid-${version}`;
    const creationTimestamp = before ? before.metadata.creationTimestamp : options.time?.();
    const made = creationTimestamp === undefined ? {} : { creationTimestamp };
    const stored = { ...object, metadata: { ...object.metadata, ...made, uid, resourceVersion: String(version) } };
    if (isHeld(before) && !isHeld(stored)) return remove(stored);
    live.set(formatKey(keyOf(stored)), stored);
    log.add("changed", stored, version);
    options.changed?.(stored, before);
    const added = kindOfCrd(stored);
    if (added && !served(added) && (options.servesWhen?.(stored) ?? true)) kinds.push(added);
    return stored;
  };

  const remove = (object: Manifest): Manifest => {
    live.delete(formatKey(keyOf(object)));
    log.add("deleted", object, ++version);
    options.changed?.(undefined, object);
    const gone = kindOfCrd(object);
    if (gone) stopServing(gone);
    return object;
  };

  /** Its objects go with a kind. */
  const stopServing = ({ apiVersion, kind }: ServedKind): void => {
    const at = kinds.findIndex((each) => each.apiVersion === apiVersion && each.kind === kind);
    if (at >= 0) kinds.splice(at, 1);
    for (const each of [...live.values()]) if (each.apiVersion === apiVersion && each.kind === kind) remove(each);
  };

  const stored = (object: Manifest, before: Manifest | undefined, { dryRun }: WriteOptions): ApplyAnswer => ({
    state: "applied",
    object: dryRun ? object : store(object, before),
    created: before === undefined,
  });

  const problemOf = (manifest: Manifest): Extract<ApplyAnswer, { state: "refused" }> | undefined => {
    const refused = (reason: string, message: string) => ({ state: "refused", reason, message, fields: [] }) as const;
    const kind = served(manifest);
    if (!kind) return refused("NotFound", `the cluster serves no ${manifest.kind} in ${manifest.apiVersion}`);
    const { namespace = "" } = manifest.metadata;
    if (kind.namespaced && namespace === "") return refused("Invalid", `${manifest.kind} ${manifest.metadata.name} needs a namespace`);
    if (kind.namespaced && !live.has(`/Namespace:/${namespace}`)) return refused("NotFound", `namespaces "${namespace}" not found`);
    const no = options.refuse?.(manifest);
    return no && { state: "refused", fields: [], ...no };
  };

  const apply = (manifest: Manifest, { fieldManager, force, dryRun }: ApplyOptions): ApplyAnswer => {
    const problem = problemOf(manifest);
    if (problem) return problem;
    const { uid, resourceVersion } = manifest.metadata;
    const before = live.get(formatKey(keyOf(manifest)));
    const moved = before ? resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion : uid !== undefined;
    if (moved || (before && uid !== undefined && uid !== before.metadata.uid))
      return { state: "conflict", message: "the object has been modified" };

    const fields = fieldsOf(manifest);
    const entries = before?.metadata.managedFields ?? [];
    const ours = entries.find((entry) => entry.manager === fieldManager && entry.operation === "Apply");
    const others = entries.filter((entry) => entry !== ours);
    const contested = others.flatMap((entry) => overlap(fields, entry.fieldsV1 ?? {}));
    const merged = isJsonObject(before) ? merge(before, manifest) : manifest;
    if (!force && contested.length > 0 && canonicalJson(merged ?? null) !== canonicalJson(before ?? null)) {
      return { state: "conflict", message: `Apply failed with conflicts: ${contested.join(", ")}` };
    }
    const left = others.map((entry) => ({ ...entry, fieldsV1: force ? subtract(entry.fieldsV1 ?? {}, fields) : (entry.fieldsV1 ?? {}) }));
    const kept = left.reduce((all, entry) => merge(all, entry.fieldsV1) ?? all, merge({}, fields));
    const pruned = ours?.fieldsV1 ? without(merged, ours.fieldsV1, isJsonObject(kept) ? kept : {}) : merged;
    const entry: ManagedFieldsEntry = { manager: fieldManager, operation: "Apply", apiVersion: manifest.apiVersion, fieldsV1: fields };
    const time = options.time?.();
    const managedFields = [
      time === undefined ? entry : { ...entry, time },
      ...left.filter((each) => Object.keys(each.fieldsV1).length > 0),
    ];
    const metadata = isJsonObject(pruned) && isJsonObject(pruned.metadata) ? pruned.metadata : {};
    const object = {
      ...(isJsonObject(pruned) ? pruned : {}),
      apiVersion: manifest.apiVersion,
      kind: manifest.kind,
      metadata: { ...metadata, name: manifest.metadata.name, managedFields },
    };
    return { state: "applied", object: dryRun ? object : store(object, before), created: before === undefined };
  };

  for (const name of ["default", "kube-system"]) store({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, undefined);

  return {
    calls,
    objects: () => [...live.values()],
    edit: (at, manager, change) => {
      const before = live.get(nameOf(at));
      if (!before) throw new Error(`there is no ${at.kind} ${at.name} to edit`);
      store(updated(before, change(before), manager, options.time?.()), before);
    },
    discover: async () => {
      await call("discover");
      return { version: "v1.36.3", kinds: [...kinds] };
    },
    get: async (at) => {
      await call(`get ${at.kind} ${at.namespace === "" ? "" : `${at.namespace}/`}${at.name}`);
      const object = served(at) ? live.get(nameOf(at)) : undefined;
      return object ? { state: "found", object } : { state: "absent" };
    },
    list: async ({ apiVersion, kind, namespace, labelSelector, fieldSelector, metadataOnly }) => {
      await call(`list ${kind}`);
      if (!served({ apiVersion, kind })) return { state: "absent" };
      const selects = selectorOf(labelSelector, (object, label) => object.metadata.labels?.[label]);
      const selectsField = selectorOf(fieldSelector, (object, field) => (field === "metadata.name" ? object.metadata.name : object[field]));
      const objects = [...live.values()].filter(
        (each) =>
          each.apiVersion === apiVersion &&
          each.kind === kind &&
          (namespace === undefined || each.metadata.namespace === namespace) &&
          selects(each) &&
          selectsField(each),
      );
      const bare = ({ apiVersion, kind, metadata }: Manifest): Manifest => ({ apiVersion, kind, metadata });
      return { state: "listed", objects: metadataOnly ? objects.map(bare) : objects };
    },
    apply: async (manifest, how) => {
      await call(`${how.dryRun ? "dry-run" : "apply"} ${describeKey(keyOf(manifest))}`);
      return apply(manifest, how);
    },
    create: async (manifest, how) => {
      await call(`${how.dryRun ? "dry-run" : "create"} ${describeKey(keyOf(manifest))}`);
      const problem = problemOf(manifest);
      if (problem) return problem;
      // Here anybody may do anything.
      if (manifest.kind === "SelfSubjectAccessReview")
        return { state: "applied", object: { ...manifest, status: { allowed: true } }, created: true };
      if (live.has(formatKey(keyOf(manifest)))) return { state: "conflict", message: `${describeKey(keyOf(manifest))} already exists` };
      return stored(updated(undefined, manifest, how.fieldManager, options.time?.()), undefined, how);
    },
    replace: async (manifest, how) => {
      await call(`${how.dryRun ? "dry-run" : "replace"} ${describeKey(keyOf(manifest))}`);
      const problem = problemOf(manifest);
      if (problem) return problem;
      const before = live.get(formatKey(keyOf(manifest)));
      if (!before) return { state: "refused", reason: "NotFound", message: `${describeKey(keyOf(manifest))} not found`, fields: [] };
      const { resourceVersion } = manifest.metadata;
      if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
        return { state: "conflict", message: "the object has been modified" };
      return stored(updated(before, manifest, how.fieldManager, options.time?.()), before, how);
    },
    patch: async (at, operations, how) => {
      await call(`patch ${at.kind} ${at.namespace === "" ? "" : `${at.namespace}/`}${at.name}`);
      const before = served(at) ? live.get(nameOf(at)) : undefined;
      if (!before) return { state: "refused", reason: "NotFound", message: `${at.kind} ${at.name} not found`, fields: [] };
      if (how.resourceVersion !== before.metadata.resourceVersion) return { state: "conflict", message: "the object has been modified" };
      const whole = patched(before, operations);
      const after = whole && how.subresource === "status" ? { ...before, status: whole.status } : whole;
      if (after === undefined) return { state: "refused", reason: "Invalid", message: "the patch does not fit the object", fields: [] };
      return stored(updated(before, after, how.fieldManager, options.time?.()), before, how);
    },
    delete: async (at, { uid, resourceVersion }) => {
      await call(`delete ${at.kind} ${at.namespace === "" ? "" : `${at.namespace}/`}${at.name}`);
      const object = live.get(nameOf(at));
      if (!object) return { state: "absent" };
      const moved = uid !== object.metadata.uid || (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion);
      if (moved) return { state: "conflict", message: "the precondition does not match" };
      if ((object.metadata.finalizers ?? []).length > 0) {
        const deletionTimestamp = object.metadata.deletionTimestamp ?? options.time?.() ?? "2026-01-01T00:00:00Z";
        store({ ...object, metadata: { ...object.metadata, deletionTimestamp } }, object);
        return { state: "deleted" };
      }
      remove(object);
      if (at.kind === "Namespace") for (const [name, each] of live) if (each.metadata.namespace === at.name) live.delete(name);
      return { state: "deleted" };
    },
    forget: () => log.forget(version),
    watch: async function* (query, stop) {
      await call(`watch ${query.kind}`);
      if (served(query)) yield* log.follow(query, () => version, stop);
      else yield { kind: "absent" };
    },
    close: async () => undefined,
  };
};

/** Deleted, and still there for whoever has a finalizer on it. */
const isHeld = (object: Manifest | undefined): boolean =>
  object?.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length > 0;
