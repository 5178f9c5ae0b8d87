import type { Manifest } from "../../shared/model/manifest.ts";

/** A namespaced kind of version v1, of which each object may hold anything. */
export const crdOf = (group: string, plural: string, kind: string): Manifest => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    names: { plural, singular: plural.slice(0, -1), kind, listKind: `${kind}List` },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});
