import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";

/**
 * A registered Kubernetes API server, as a sync or a scan sees it. Retryable trouble is thrown as a Failure: ClusterUnreachable, ClusterBusy, or
 * KindUnavailable where the server cannot read objects of this kind and reads others.
 */
export interface Cluster {
  /** Version and served kinds; cached for the life of this connection unless `fresh`. */
  discover(options?: { readonly fresh?: boolean }): Promise<ClusterApis>;
  get(at: ObjectAddress): Promise<LiveObject>;
  /** All pages (500 each). `absent` when the server does not serve that kind. */
  list(query: ListQuery): Promise<ListAnswer>;
  /** Server-side apply. */
  apply(manifest: Manifest, options: ApplyOptions): Promise<ApplyAnswer>;
  /** POST: `conflict` when the object is there already. A review (SelfSubjectAccessReview) has no name, and its answer in `status`. */
  create(manifest: Manifest, options: WriteOptions): Promise<ApplyAnswer>;
  /** PUT of the whole object, bound to the resourceVersion that it carries. */
  replace(manifest: Manifest, options: WriteOptions): Promise<ApplyAnswer>;
  /** JSON patch (RFC 6902), bound to the version that was looked at; refused where it does not fit, as it may not when the object moved. */
  patch(at: ObjectAddress, patch: readonly JsonPatchOperation[], options: PatchOptions): Promise<ApplyAnswer>;
  delete(at: ObjectAddress, options: DeleteOptions): Promise<DeleteAnswer>;
  /**
   * Tells what moves of a kind, metadata only, until `stop` or the server's end of it; take it up again from the last version that was reached.
   * Throws ClusterUnreachable when the connection breaks.
   */
  watch(query: WatchQuery, stop: AbortSignal): AsyncIterable<WatchEvent>;
  close(): Promise<void>;
}

/** Opens connections; one per cluster is kept and shared while the function is warm. */
export interface Clusters {
  /** Throws DestinationUnknown, SecretMissing, ClusterForbidden, ClusterUnreachable. */
  connect(name: string): Promise<Cluster>;
  /** What else people call a registered cluster: its server's URL, its ARN, Argo CD's name of the default one. None where it is not given. */
  addresses?(name: string): Promise<readonly string[]>;
}

export interface ClusterApis {
  /** `v1.36.3` */
  readonly version: string;
  readonly kinds: readonly ServedKind[];
  /** apiVersions that are registered but whose own API server does not answer: nobody knows what they serve. */
  readonly unavailable?: readonly string[];
}

export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface ObjectAddress {
  readonly apiVersion: string;
  readonly kind: string;
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  /** All namespaces without it. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Such as `type!=helm.sh/release.v1`: Helm's release Secrets are never listed. */
  readonly fieldSelector?: string;
  /** Objects with no more than their metadata: small, and without the values of Secrets. */
  readonly metadataOnly?: boolean;
}

export interface WatchQuery extends Pick<ListQuery, "apiVersion" | "kind" | "namespace" | "fieldSelector"> {
  /** The resourceVersion from which on to tell; without it, from now: `reached` comes first and says which that is. */
  readonly since?: string | undefined;
}

export type WatchEvent =
  /** `object` has no more than its metadata; of a deleted one the last. */
  | { readonly kind: "changed" | "deleted"; readonly object: Manifest }
  /** All until this version has been told. */
  | { readonly kind: "reached"; readonly resourceVersion: string }
  /** The server has forgotten `since`: what moved is not known, look at everything. */
  | { readonly kind: "expired" }
  /** The server does not serve that kind. */
  | { readonly kind: "absent" }
  | { readonly kind: "forbidden"; readonly reason: string };

export interface WriteOptions {
  readonly fieldManager: string;
  readonly dryRun?: boolean;
  /** false: fields that the server does not know are dropped instead of refused (Argo CD's `Validate=false`). */
  readonly validate?: boolean;
  /** Whom we act as, such as `system:serviceaccount:shop:deployer`; ourselves without it. */
  readonly as?: string;
}

export interface ApplyOptions extends WriteOptions {
  readonly force: boolean;
}

export interface PatchOptions extends WriteOptions {
  readonly resourceVersion: string;
  /** The part of the object that is written by itself; refused as NotFound where its kind has none. */
  readonly subresource?: "status";
}

export type JsonPatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string };

/** Absent, forbidden and failed are three things: only `absent` may lead to a create; failures are thrown. */
export type LiveObject =
  | { readonly state: "found"; readonly object: Manifest }
  | { readonly state: "absent" }
  | { readonly state: "forbidden"; readonly reason: string };

export type ListAnswer =
  | { readonly state: "listed"; readonly objects: readonly Manifest[] }
  | { readonly state: "absent" }
  | { readonly state: "forbidden"; readonly reason: string };

export type ApplyAnswer =
  | { readonly state: "applied"; readonly object: Manifest; readonly created: boolean }
  /** The server's own words, for people. `reason` is its Status reason (Invalid, Forbidden, NotFound, AlreadyExists …); `fields` its causes. */
  | { readonly state: "refused"; readonly reason: string; readonly message: string; readonly fields: readonly string[] }
  /** 409: uid or resourceVersion moved. Look again. */
  | { readonly state: "conflict"; readonly message: string };

export interface DeleteOptions {
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly propagation: "Foreground" | "Background" | "Orphan";
  /** As in a write. */
  readonly as?: string;
}

export type DeleteAnswer =
  | { readonly state: "deleted" }
  | { readonly state: "absent" }
  | { readonly state: "conflict"; readonly message: string }
  | { readonly state: "refused"; readonly reason: string; readonly message: string };
