import type { Manifest } from "./manifest.ts";

/** Names an object without its version, so that an apiVersion bump is the same object. `namespace` is "" for cluster-scoped kinds. */
export interface ResourceKey {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** "apps" of "apps/v1", "" of "v1". */
export const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");

export const keyOf = (manifest: Manifest): ResourceKey => ({
  group: groupOf(manifest.apiVersion),
  kind: manifest.kind,
  namespace: manifest.metadata.namespace ?? "",
  name: manifest.metadata.name,
});

/** `apps/Deployment:production/web`: the form of Argo CD's tracking id, also the key of maps. */
export const formatKey = (key: ResourceKey): string => `${key.group}/${key.kind}:${key.namespace}/${key.name}`;

export const parseKey = (text: string): ResourceKey | undefined => {
  const match = /^([^/:]*)\/([^/:]+):([^/]*)\/(.+)$/.exec(text);
  if (!match) return undefined;
  const [, group = "", kind = "", namespace = "", name = ""] = match;
  return { group, kind, namespace, name };
};

/** For people: `Deployment production/web`, `Namespace production`. */
export const describeKey = (key: ResourceKey): string => `${key.kind} ${key.namespace === "" ? "" : `${key.namespace}/`}${key.name}`;
