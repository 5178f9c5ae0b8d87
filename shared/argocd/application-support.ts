import type { Support } from "./field-support.ts";

/**
 * Fields of Argo CD's Application that we know and do not act on. A field that is in the schema and not here is supported. Fields of a source
 * hold for `spec.source` and for each of `spec.sources`.
 */
const sourceSupport: Readonly<Record<string, Support>> = {
  plugin: {
    kind: "refused",
    why: "asks for a config management plugin, which is not supported; render with Helm, Kustomize or plain files",
  },
  tagPrefix: { kind: "refused", why: "is not supported yet; name the tag in targetRevision instead" },
  "directory.jsonnet": { kind: "ignored", why: "Jsonnet files are not rendered yet" },
  "kustomize.version": { kind: "ignored", why: "the kustomize of our release renders every source" },
  "helm.version": { kind: "ignored", why: "the helm of our release renders every source" },
};

export const applicationSupport: Readonly<Record<string, Support>> = {
  ...Object.fromEntries(
    ["spec.source", "spec.sources[]"].flatMap((place) =>
      Object.entries(sourceSupport).map(([field, support]) => [`${place}.${field}`, support]),
    ),
  ),
  "spec.sourceHydrator": { kind: "refused", why: "is not supported yet; give spec.source or spec.sources" },
  "spec.info": { kind: "ignored", why: "it is for people who look at the Application, and is kept" },
};
