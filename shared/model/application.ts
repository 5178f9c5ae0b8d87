import type { JsonObject } from "./json.ts";

/** An Application as Argo CD's YAML declares it, after parsing. Names are unique within the control namespace. */
export interface Application {
  readonly name: string;
  readonly namespace: string;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Argo CD's `resources-finalizer.argocd.argoproj.io` (and its /background form): deleting the Application deletes its objects. */
  readonly finalizers: readonly string[];
  readonly sources: readonly Source[];
  readonly destination: Destination;
  readonly syncPolicy: SyncPolicy;
  readonly ignoreDifferences: readonly IgnoreDifference[];
  readonly revisionHistoryLimit: number;
  /** Application whose source declared this one; undefined for the control repository's own. */
  readonly parent?: string;
}

export interface Source {
  readonly repoURL: string;
  /** Branch, tag, sha, `HEAD` or a semver range over tags; over chart versions where `chart` is set. Empty means HEAD. */
  readonly targetRevision: string;
  readonly path: string;
  /** A chart's name in the chart repository `repoURL`. */
  readonly chart?: string;
  /** Name by which value files of other sources reach this one (`$ref/path`). */
  readonly ref?: string;
  readonly name?: string;
  /** The tool blocks as written, without unknown fields; absent blocks are absent: their presence selects the source kind. */
  readonly directory?: DirectoryOptions;
  readonly kustomize?: KustomizeOptions;
  readonly helm?: HelmOptions;
}

export interface DirectoryOptions {
  readonly recurse?: boolean;
  readonly include?: string;
  readonly exclude?: string;
  readonly jsonnet?: JsonObject;
}

export interface KustomizeOptions {
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly images?: readonly string[];
  readonly replicas?: readonly { readonly name: string; readonly count: number | string }[];
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly commonAnnotationsEnvsubst?: boolean;
  readonly forceCommonLabels?: boolean;
  readonly forceCommonAnnotations?: boolean;
  readonly labelWithoutSelector?: boolean;
  readonly labelIncludeTemplates?: boolean;
  readonly patches?: readonly JsonObject[];
  readonly components?: readonly string[];
  readonly ignoreMissingComponents?: boolean;
  readonly version?: string;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

export interface HelmOptions {
  readonly valueFiles?: readonly string[];
  readonly values?: string;
  readonly valuesObject?: JsonObject;
  readonly parameters?: readonly { readonly name: string; readonly value: string; readonly forceString?: boolean }[];
  readonly fileParameters?: readonly { readonly name: string; readonly path: string }[];
  readonly releaseName?: string;
  readonly namespace?: string;
  readonly ignoreMissingValueFiles?: boolean;
  readonly skipCrds?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly skipTests?: boolean;
  readonly passCredentials?: boolean;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  readonly version?: string;
}

/** Exactly one of server and name is given. */
export interface Destination {
  readonly server?: string;
  readonly name?: string;
  readonly namespace: string;
}

export interface SyncPolicy {
  /** Absent means manual: OutOfSync is told, nothing is applied until someone asks. */
  readonly automated?: { readonly prune: boolean; readonly selfHeal: boolean; readonly allowEmpty: boolean };
  /** `Key=value` entries in the order given, such as `CreateNamespace=true`. */
  readonly syncOptions: readonly string[];
  /** Absent: the default, five times. */
  readonly retry?: RetryPolicy;
  readonly managedNamespaceMetadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** How often and when a failed sync is tried again. All times in ms. */
export interface RetryPolicy {
  /** How many times after the first attempt: 0 never, below 0 without end. */
  readonly limit: number;
  /** Before the first retry; each later one waits `factor` times as long as the one before. */
  readonly duration: number;
  readonly factor: number;
  /** No wait is longer; 0 or less: no such bound. */
  readonly maxDuration: number;
  /** A retry goes to what Git has then, instead of the revision that failed. */
  readonly refresh: boolean;
}

export interface IgnoreDifference {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly jsonPointers: readonly string[];
  readonly jqPathExpressions: readonly string[];
  readonly managedFieldsManagers: readonly string[];
}
