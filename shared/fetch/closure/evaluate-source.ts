import type { Source } from "../../model/application.ts";
import { assertNever, Failure } from "../../model/failure.ts";
import type { BuildEnvironment } from "../../model/render-input.ts";
import type { Snapshot } from "../../ports/git.ts";
import { buildEnvironmentUsed, usesRevision } from "../source/build-environment.ts";
import { effectiveSource, hasOwnOverrides } from "../source/effective-source.ts";
import { pathOf, requireDirectory, type SourceKind, sourceKindOf } from "../source/source-kind.ts";
import { type Closure, type ClosureBuilder, type ClosureLimits, closureBuilder, defaultLimits } from "./closure.ts";
import type { ChartDependency } from "./dependencies.ts";
import { collectDirectory } from "./directory.ts";
import { collectHelm } from "./helm.ts";
import { collectKustomize } from "./kustomize.ts";
import { describePath } from "./paths.ts";
import type { Reach } from "./reach.ts";
import { type Reading, readingOf } from "./reading.ts";

/**
 * From a source and the commit it stands at to the files that its render reads. Pure: it reads the snapshot it is given and nothing else, and
 * says what it looked at, so that the next commit is compared with that instead of being evaluated.
 */
export interface SourceRequest {
  /** Name of the Application: for its own overrides. */
  readonly application: string;
  readonly source: Source;
  /** The source's repository at its revision; a chart from a chart repository lies in it at `<chart name>/…`. */
  readonly snapshot: Snapshot;
  /** Snapshots of the Application's `ref` sources, by ref. */
  readonly refs: ReadonlyMap<string, Snapshot>;
  /** All of the build environment; what is used of it is found here. */
  readonly environment: BuildEnvironment;
  readonly limits?: ClosureLimits;
}

/** What was looked at, also by an evaluation that failed: it fails in the same way while this stands. */
export interface Reaches {
  readonly own: Reach;
  readonly refs: Readonly<Record<string, Reach>>;
}

export interface EvaluatedSource {
  readonly state: "evaluated";
  readonly kind: SourceKind;
  /** As its repository overrides it, value files settled. */
  readonly source: Source;
  readonly path: string;
  readonly closure: Closure;
  /** What `ref` sources lend, by ref; only of those that are referred to. */
  readonly lent: Readonly<Record<string, Closure>>;
  readonly environment: BuildEnvironment;
  /** Chart dependencies to be fetched and added to the bundle, at `<chart>/charts/`. */
  readonly missing: readonly ChartDependency[];
  readonly reaches: Reaches;
  /** The files, not only names in the input, may differ between Applications with equal sources: each is evaluated for itself. */
  readonly perApplication: boolean;
}

export type SourceEvaluation = EvaluatedSource | { readonly state: "failed"; readonly failure: Failure; readonly reaches: Reaches };

/** Five hundred Applications with one source ask once per commit. */
const shared = new WeakMap<Snapshot, Map<string, EvaluatedSource>>();

/** Terminal failures are an answer, with what was looked at until then; what a retry can help is thrown. */
export const evaluateSource = (request: SourceRequest): SourceEvaluation => {
  const known = shared.get(request.snapshot) ?? new Map<string, EvaluatedSource>();
  shared.set(request.snapshot, known);
  const key = JSON.stringify([request.source, [...request.refs].map(([name, { commit }]) => [name, commit.sha]), request.limits]);
  const before = known.get(key);
  if (before) return { ...before, environment: usedOf(before.kind, before.source, request.environment) };
  const evaluation = evaluateAnew(request);
  if (evaluation.state === "evaluated" && !evaluation.perApplication) known.set(key, evaluation);
  return evaluation;
};

const usedOf = (kind: SourceKind, source: Source, environment: BuildEnvironment): BuildEnvironment =>
  kind === "directory" ? {} : buildEnvironmentUsed(source, environment);

const evaluateAnew = (request: SourceRequest): SourceEvaluation => {
  const own = readingOf(request.snapshot);
  const refs = new Map([...request.refs].map(([name, snapshot]) => [name, readingOf(snapshot)]));
  const reaches = (): Reaches => ({
    own: own.reach(),
    refs: Object.fromEntries([...refs].map(([name, reading]) => [name, reading.reach()])),
  });
  try {
    const evaluated = evaluate(request, own, refs);
    return { state: "evaluated", ...evaluated, reaches: reaches() };
  } catch (error) {
    if (!(error instanceof Failure) || error.retry) throw error;
    return { state: "failed", failure: error, reaches: reaches() };
  }
};

const evaluate = (
  { application, source: declared, environment, limits = defaultLimits }: SourceRequest,
  own: Reading,
  refs: ReadonlyMap<string, Reading>,
): Omit<EvaluatedSource, "state" | "reaches"> => {
  const path = pathOf(declared);
  requireDirectory(own, path, declared);
  const source = effectiveSource(own, path, declared, application);
  const kind = sourceKindOf(own, path, source);
  const builder = closureBuilder(describePath(path), limits);
  const read = collect(kind, { path, source, environment, own, refs, builder, limits });
  if (usesRevision(usedOf(kind, source, environment))) own.countCommit();
  return {
    ...read,
    kind,
    path,
    closure: builder.build(),
    environment: usedOf(kind, read.source, environment),
    perApplication: hasOwnOverrides(own, path) || filesDependOnApplication(source, environment),
  };
};

interface Collection {
  readonly path: string;
  readonly source: Source;
  readonly environment: BuildEnvironment;
  readonly own: Reading;
  readonly refs: ReadonlyMap<string, Reading>;
  readonly builder: ClosureBuilder;
  readonly limits: ClosureLimits;
}

type Collected = Pick<EvaluatedSource, "source" | "lent" | "missing">;

const collect = (kind: SourceKind, { path, source, environment, own, refs, builder, limits }: Collection): Collected => {
  switch (kind) {
    case "directory":
      collectDirectory(own, path, source.directory ?? {}, builder);
      return { source, lent: {}, missing: [] };
    case "kustomize":
      collectKustomize(own, path, source.kustomize ?? {}, builder);
      return { source, lent: {}, missing: [] };
    case "helm": {
      const root = source.chart === undefined ? "" : path;
      const read = collectHelm({ own, path, root, refs, environment }, source.helm ?? {}, builder);
      const builders = new Map<string, ClosureBuilder>();
      for (const { ref = "", file } of read.lent) {
        const lending = builders.get(ref) ?? closureBuilder(`$${ref}`, limits);
        builders.set(ref, lending);
        lending.add(file);
      }
      const lent = Object.fromEntries([...builders].map(([ref, lending]) => [ref, lending.build()]));
      return { source: { ...source, helm: read.options }, lent, missing: read.missing };
    }
    default:
      return assertNever(kind);
  }
};

/** Names of files may have variables in them. */
const filesDependOnApplication = ({ helm }: Source, environment: BuildEnvironment): boolean => {
  const names = JSON.stringify([helm?.valueFiles, helm?.fileParameters?.map(({ path }) => path)]);
  return Object.keys(environment).some((name) => name.startsWith("ARGOCD_APP_") && names.includes(name));
};
