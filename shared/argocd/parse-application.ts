import type { Application, Source } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import { type FieldProblem, formatProblem } from "../model/field-problem.ts";
import type { JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { problemsOf } from "../model/schema-problem.ts";
import { applicationDraft } from "./application-draft.ts";
import { applicationProblems } from "./application-rules.ts";
import { ApplicationManifest, type WrittenApplication, type WrittenSource } from "./application-schema.ts";
import { applicationSupport } from "./application-support.ts";
import { reportFields } from "./field-support.ts";
import { type DeclaredOperation, declaredOperation } from "./operation.ts";
import { retryPolicy } from "./retry-policy.ts";
import { syncOptionWarnings } from "./sync-options.ts";
import { withoutNulls } from "./without-nulls.ts";

/**
 * From Argo CD's YAML to the model, so that everything after works on checked data. A file per kind: the shape as a schema, what we do about
 * each known field as a table, rules between fields as functions. Whatever is wrong with an object is told at once.
 */
export type ApplicationParse =
  | {
      readonly state: "parsed";
      readonly application: Application;
      readonly operation?: DeclaredOperation;
      readonly warnings: readonly string[];
    }
  | { readonly state: "refused"; readonly problems: readonly FieldProblem[]; readonly failure: Failure };

/** Reads one Application object; `parent` is set by the registry. Unknown fields are warned about, never an error. */
export const parseApplication = (manifest: Manifest): ApplicationParse => {
  const written = withoutNulls({ metadata: ownMetadata(manifest), spec: manifest.spec ?? null });
  const checked = ApplicationManifest.safeParse(written);
  const shape = checked.success ? [] : problemsOf(checked.error.issues, written);
  const { warnings, problems } = reportFields(written, checked.data ?? written, applicationSupport);
  const all = [...shape, ...problems, ...applicationProblems(applicationDraft(written))];
  if (!checked.success || all.length > 0) return refused(manifest, all);
  const options = syncOptionWarnings(checked.data.spec.syncPolicy?.syncOptions ?? []);
  const { operation, warnings: operationWarnings } = declaredOperation(manifest.operation);
  return {
    state: "parsed",
    application: applicationOf(checked.data),
    ...(operation && { operation }),
    warnings: [...operationWarnings, ...warnings, ...options, ...ineffective(checked.data)],
  };
};

const refused = (manifest: Manifest, problems: readonly FieldProblem[]): ApplicationParse => {
  const name = `Application ${manifest.metadata.namespace === undefined ? "" : `${manifest.metadata.namespace}/`}${manifest.metadata.name}`;
  const message = `${name} cannot be used: ${problems.map(formatProblem).join("; ")}`;
  return { state: "refused", problems, failure: new Failure("ManifestInvalid", name, message) };
};

const applicationOf = ({ metadata, spec }: WrittenApplication): Application => ({
  name: metadata.name,
  namespace: metadata.namespace ?? "",
  project: spec.project === "" ? "default" : spec.project,
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
  finalizers: metadata.finalizers ?? [],
  sources: (spec.sources ?? (spec.source ? [spec.source] : [])).map(sourceOf),
  destination: {
    ...(spec.destination.server ? { server: spec.destination.server } : {}),
    ...(spec.destination.name ? { name: spec.destination.name } : {}),
    namespace: spec.destination.namespace ?? "",
  },
  syncPolicy: syncPolicyOf(spec.syncPolicy),
  ignoreDifferences: (spec.ignoreDifferences ?? []).map((rule) => ({
    ...rule,
    group: rule.group ?? "",
    jsonPointers: rule.jsonPointers ?? [],
    jqPathExpressions: rule.jqPathExpressions ?? [],
    managedFieldsManagers: rule.managedFieldsManagers ?? [],
  })),
  revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
});

const sourceOf = ({ repoURL, targetRevision, path, chart, ref, name, directory, kustomize, helm }: WrittenSource): Source => ({
  repoURL: repoURL.trim(),
  targetRevision: targetRevision === undefined || targetRevision === "" ? "HEAD" : targetRevision,
  path: path ?? "",
  ...(chart ? { chart } : {}),
  ...(ref ? { ref } : {}),
  ...(name ? { name } : {}),
  ...(directory ? { directory } : {}),
  ...(kustomize ? { kustomize } : {}),
  ...(helm ? { helm } : {}),
});

const syncPolicyOf = (written: WrittenApplication["spec"]["syncPolicy"] = {}): Application["syncPolicy"] => {
  const { automated, syncOptions = [], retry, managedNamespaceMetadata } = written;
  const { enabled = true, prune = false, selfHeal = false, allowEmpty = false } = automated ?? {};
  return {
    ...(automated && enabled ? { automated: { prune, selfHeal, allowEmpty } } : {}),
    syncOptions: syncOptions.map((option) => option.trim()),
    ...(retry ? { retry: retryPolicy(retry) } : {}),
    ...(managedNamespaceMetadata ? { managedNamespaceMetadata } : {}),
  };
};

/** Fields that are supported, but not beside the others that stand there. */
const ineffective = ({ spec }: WrittenApplication): readonly string[] => [
  ...(spec.source?.ref ? ["spec.source.ref has no effect: only sources under spec.sources are referred to"] : []),
  ...(spec.source?.chart && spec.source.path ? ["spec.source.path has no effect beside spec.source.chart"] : []),
  ...(spec.syncPolicy?.retry && spec.syncPolicy.retry.limit === undefined
    ? ["spec.syncPolicy.retry has no limit, which means that a failed sync is not tried again; write limit: 5, or -1 for no end"]
    : []),
  ...(spec.syncPolicy?.managedNamespaceMetadata && !spec.syncPolicy.syncOptions?.includes("CreateNamespace=true")
    ? ["spec.syncPolicy.managedNamespaceMetadata has no effect without CreateNamespace=true in spec.syncPolicy.syncOptions"]
    : []),
];

/** The rest (uid, managedFields, creationTimestamp…) is the API server's, and stands in exported Applications. */
const ownMetadata = ({ metadata: { name, namespace, labels, annotations, finalizers } }: Manifest): JsonObject => ({
  name,
  namespace,
  labels,
  annotations,
  finalizers,
});
