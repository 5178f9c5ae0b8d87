import type { Json } from "../../../shared/model/json.ts";
import type { ManagedFieldsEntry, Manifest } from "../../../shared/model/manifest.ts";

export const ourFields = {
  "f:metadata": { "f:labels": { "f:app": {} } },
  "f:spec": {
    "f:replicas": {},
    "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:image": {}, "f:name": {} } } } },
  },
};

export const ourEntry: ManagedFieldsEntry = {
  manager: "fairlead",
  operation: "Apply",
  apiVersion: "apps/v1",
  time: "2026-01-01T00:00:00Z",
  fieldsV1: ourFields,
};

export interface Live {
  readonly replicas?: number;
  readonly containers?: readonly { readonly [field: string]: Json }[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly entries?: readonly ManagedFieldsEntry[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, number>>;
}

/** A Deployment as the server gives it after our apply, but for what is said otherwise. */
export const deployment = ({
  replicas = 2,
  containers = [{ name: "web", image: "web:1" }],
  labels = { app: "web" },
  entries = [ourEntry],
  metadata,
  spec,
}: Live = {}): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "prod", uid: "u-1", resourceVersion: "10", labels, managedFields: entries, ...metadata },
  spec: { replicas, revisionHistoryLimit: 10, template: { spec: { containers } }, ...spec },
  status: { replicas: 2 },
});
