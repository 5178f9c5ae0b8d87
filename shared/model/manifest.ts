import type { Json, JsonObject } from "./json.ts";

/** One Kubernetes object, rendered or live. Checked at the border to have apiVersion, kind and a name. */
export interface Manifest {
  readonly [field: string]: Json | undefined;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly [field: string]: Json | undefined;
  /** Empty when the object has only `generateName`. */
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly JsonObject[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** What the API server records about who wrote which fields. A removal leaves no entry, and `time` is missing after `kubectl scale`. */
export interface ManagedFieldsEntry {
  readonly [field: string]: Json | undefined;
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: JsonObject;
}

export const annotationOf = (manifest: Manifest, name: string): string | undefined => manifest.metadata.annotations?.[name];

/** Values of a comma-separated annotation such as `sync-options`, trimmed; empty without it. */
export const listAnnotation = (manifest: Manifest, name: string): readonly string[] =>
  (annotationOf(manifest, name) ?? "")
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "");
