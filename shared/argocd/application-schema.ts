import * as z from "zod/mini";

/**
 * The shape of an Argo CD Application, as its CRD has it: every field that Argo CD knows stands here, whether we act on it or not (see
 * application-support.ts). Fields that are not here are unknown.
 */
const text = z.string();
const flag = z.boolean();
const texts = z.array(text);
const labels = z.record(text, text);
const maybe = z.exactOptional;

const jsonnetVariable = z.object({ name: text, value: text, code: maybe(flag) });

const directory = z.object({
  recurse: maybe(flag),
  include: maybe(text),
  exclude: maybe(text),
  jsonnet: maybe(z.object({ extVars: maybe(z.array(jsonnetVariable)), tlas: maybe(z.array(jsonnetVariable)), libs: maybe(texts) })),
});

const patchTarget = z.object({
  group: maybe(text),
  version: maybe(text),
  kind: maybe(text),
  name: maybe(text),
  namespace: maybe(text),
  labelSelector: maybe(text),
  annotationSelector: maybe(text),
});

const kustomize = z.object({
  namePrefix: maybe(text),
  nameSuffix: maybe(text),
  namespace: maybe(text),
  images: maybe(texts),
  replicas: maybe(
    z.array(z.object({ name: text, count: z.union([z.int(), text], { error: "is neither a whole number nor a string; write one" }) })),
  ),
  commonLabels: maybe(labels),
  commonAnnotations: maybe(labels),
  commonAnnotationsEnvsubst: maybe(flag),
  forceCommonLabels: maybe(flag),
  forceCommonAnnotations: maybe(flag),
  labelWithoutSelector: maybe(flag),
  labelIncludeTemplates: maybe(flag),
  patches: maybe(
    z.array(z.object({ path: maybe(text), patch: maybe(text), target: maybe(patchTarget), options: maybe(z.record(text, flag)) })),
  ),
  components: maybe(texts),
  ignoreMissingComponents: maybe(flag),
  version: maybe(text),
  kubeVersion: maybe(text),
  apiVersions: maybe(texts),
});

const helm = z.object({
  valueFiles: maybe(texts),
  values: maybe(text),
  valuesObject: maybe(z.record(text, z.json())),
  parameters: maybe(z.array(z.object({ name: text, value: z._default(text, ""), forceString: maybe(flag) }))),
  fileParameters: maybe(z.array(z.object({ name: text, path: text }))),
  releaseName: maybe(text),
  namespace: maybe(text),
  ignoreMissingValueFiles: maybe(flag),
  skipCrds: maybe(flag),
  skipSchemaValidation: maybe(flag),
  skipTests: maybe(flag),
  passCredentials: maybe(flag),
  kubeVersion: maybe(text),
  apiVersions: maybe(texts),
  version: maybe(text),
});

const plugin = z.object({
  name: maybe(text),
  env: maybe(z.array(z.object({ name: text, value: text }))),
  parameters: maybe(z.array(z.object({ name: maybe(text), string: maybe(text), array: maybe(texts), map: maybe(labels) }))),
});

export const SourceManifest = z.object({
  repoURL: text,
  targetRevision: maybe(text),
  tagPrefix: maybe(text),
  path: maybe(text),
  chart: maybe(text),
  ref: maybe(text),
  name: maybe(text),
  directory: maybe(directory),
  kustomize: maybe(kustomize),
  helm: maybe(helm),
  plugin: maybe(plugin),
});

export const DestinationManifest = z.object({ server: maybe(text), name: maybe(text), namespace: maybe(text) });

const sourceHydrator = z.object({
  drySource: z.object({
    repoURL: text,
    targetRevision: text,
    tagPrefix: maybe(text),
    path: text,
    directory: maybe(directory),
    kustomize: maybe(kustomize),
    helm: maybe(helm),
    plugin: maybe(plugin),
  }),
  syncSource: z.object({ repoURL: maybe(text), targetBranch: text, path: text }),
  hydrateTo: maybe(z.object({ targetBranch: text })),
});

/** A bare number is seconds; YAML has it without quotes. */
const duration = z.union([text, z.number()], { error: 'is no duration; write one such as "5s" or "1m30s"' });

export const RetryManifest = z.object({
  limit: maybe(z.int()),
  refresh: maybe(flag),
  backoff: maybe(z.object({ duration: maybe(duration), factor: maybe(z.int()), maxDuration: maybe(duration) })),
});

const syncPolicy = z.object({
  automated: maybe(z.object({ enabled: maybe(flag), prune: maybe(flag), selfHeal: maybe(flag), allowEmpty: maybe(flag) })),
  syncOptions: maybe(texts),
  retry: maybe(RetryManifest),
  managedNamespaceMetadata: maybe(z.object({ labels: maybe(labels), annotations: maybe(labels) })),
});

const ignoreDifference = z.object({
  group: maybe(text),
  kind: text,
  name: maybe(text),
  namespace: maybe(text),
  jsonPointers: maybe(texts),
  jqPathExpressions: maybe(texts),
  managedFieldsManagers: maybe(texts),
});

export const ApplicationManifest = z.object({
  metadata: z.object({
    name: text,
    namespace: maybe(text),
    labels: maybe(labels),
    annotations: maybe(labels),
    finalizers: maybe(texts),
  }),
  spec: z.object({
    project: text,
    source: maybe(SourceManifest),
    sources: maybe(z.array(SourceManifest)),
    sourceHydrator: maybe(sourceHydrator),
    destination: DestinationManifest,
    syncPolicy: maybe(syncPolicy),
    ignoreDifferences: maybe(z.array(ignoreDifference)),
    revisionHistoryLimit: maybe(z.int()),
    info: maybe(z.array(z.object({ name: text, value: text }))),
  }),
});

export type WrittenApplication = z.infer<typeof ApplicationManifest>;
export type WrittenSource = z.infer<typeof SourceManifest>;
export type WrittenRetry = z.infer<typeof RetryManifest>;
export type WrittenDestination = z.infer<typeof DestinationManifest>;
