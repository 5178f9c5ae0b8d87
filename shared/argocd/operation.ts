import * as z from "zod/mini";
import { digestOfJson } from "../model/digest.ts";
import { type FieldPath, type FieldProblem, formatProblem } from "../model/field-problem.ts";
import type { Json } from "../model/json.ts";
import { problemsOf } from "../model/schema-problem.ts";
import { maxSelected, type SyncRequest } from "../model/sync-request.ts";
import { RetryManifest } from "./application-schema.ts";
import { reportFields, type Support } from "./field-support.ts";
import { retryPolicy, retryProblems } from "./retry-policy.ts";
import { parseSyncOptions } from "./sync-options.ts";
import { withoutNulls } from "./without-nulls.ts";

/** Argo CD's `operation` block: how tools ask for a sync. */
const text = z.string();
const flag = z.boolean();
const maybe = z.exactOptional;
const strategyPart = z.object({ force: maybe(flag) });

const OperationManifest = z.object({
  sync: z.object({
    revision: maybe(text),
    revisions: maybe(z.array(text)),
    prune: maybe(flag),
    dryRun: maybe(flag),
    resources: maybe(z.array(z.object({ group: maybe(text), kind: text, namespace: maybe(text), name: text }))),
    syncOptions: maybe(z.array(text)),
    syncStrategy: maybe(z.object({ apply: maybe(strategyPart), hook: maybe(strategyPart) })),
    source: maybe(z.json()),
    sources: maybe(z.json()),
    manifests: maybe(z.array(text)),
    autoHealAttemptsCount: maybe(z.int()),
  }),
  initiatedBy: maybe(z.object({ username: maybe(text), automated: maybe(flag) })),
  info: maybe(z.array(z.object({ name: text, value: text }))),
  retry: maybe(RetryManifest),
});
type WrittenOperation = z.infer<typeof OperationManifest>;

const support: Readonly<Record<string, Support>> = {
  "operation.sync.source": { kind: "refused", why: "is not supported; change the Application, or name an entry of its history" },
  "operation.sync.sources": { kind: "refused", why: "is not supported; change the Application, or name an entry of its history" },
  "operation.sync.revisions": { kind: "refused", why: "is not supported yet; give revision" },
  "operation.sync.manifests": { kind: "refused", why: "is not supported: what is synced comes from the Application's sources" },
};

export type OperationParse =
  | { readonly state: "parsed"; readonly request: SyncRequest; readonly warnings: readonly string[] }
  /** One sentence, fields from `operation` on. */
  | { readonly state: "refused"; readonly problems: readonly FieldProblem[]; readonly message: string };

/** What a declaration asks for, once. The digest is of the block as it is written: another one asks anew. */
export interface DeclaredOperation {
  readonly request: SyncRequest;
  readonly digest: string;
}

/** Of an Application in Git. One that is not understood asks for nothing, and harms nothing else: `warnings` say why. */
export const declaredOperation = (
  written: Json | undefined,
): { readonly operation?: DeclaredOperation; readonly warnings: readonly string[] } => {
  const plain = withoutNulls(written ?? null);
  if (plain === null) return { warnings: [] };
  const parsed = parseOperation(plain, "Git");
  if (parsed.state === "refused")
    return { warnings: parsed.problems.map((problem) => `${formatProblem(problem)}; nothing is synced for it`) };
  return { operation: { request: parsed.request, digest: digestOfJson(plain) }, warnings: parsed.warnings };
};

/** `by`: who asks, where the block does not say. */
export const parseOperation = (written: Json, by: string): OperationParse => {
  const plain = withoutNulls(written);
  const checked = OperationManifest.safeParse(plain);
  const path: FieldPath = ["operation"];
  if (!checked.success)
    return refused(problemsOf(checked.error.issues, plain).map((problem) => ({ ...problem, path: [...path, ...problem.path] })));
  const report = reportFields(plain, checked.data, support, path);
  const problems = [...report.problems, ...selectionProblems(checked.data), ...retryProblems(checked.data.retry, [...path, "retry"])];
  if (problems.length > 0) return refused(problems);
  const { sync, retry, initiatedBy } = checked.data;
  const options = parseSyncOptions(sync.syncOptions ?? [], "application", (index) => `operation.sync.syncOptions[${index}]`);
  return {
    state: "parsed",
    request: { ...requestOf(sync, initiatedBy?.username || by), ...(retry && { retry: retryPolicy(retry) }) },
    warnings: [...report.warnings, ...options.warnings],
  };
};

const requestOf = (sync: WrittenOperation["sync"], by: string): SyncRequest => {
  const { prune = false, dryRun = false, resources = [], syncOptions, revision, syncStrategy } = sync;
  const { apply, hook } = syncStrategy ?? {};
  const selected = resources.map(({ group = "", kind, namespace, name }) => ({ group, kind, name, ...(namespace && { namespace }) }));
  return {
    by,
    prune,
    dryRun,
    ...(selected.length > 0 && { resources: selected }),
    ...(syncOptions && { syncOptions }),
    ...(revision && { revision }),
    ...((apply || hook) && { strategy: { kind: apply ? "apply" : "hook", force: (apply ?? hook)?.force ?? false } }),
  };
};

const selectionProblems = ({ sync: { resources = [] } }: WrittenOperation): readonly FieldProblem[] =>
  resources.length <= maxSelected
    ? []
    : [
        {
          path: ["operation", "sync", "resources"],
          message: `names ${resources.length} objects; name at most ${maxSelected}, or sync the whole Application`,
        },
      ];

const refused = (problems: readonly FieldProblem[]): OperationParse => ({
  state: "refused",
  problems,
  message: problems.map(formatProblem).join("; "),
});
