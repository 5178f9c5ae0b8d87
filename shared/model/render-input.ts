import type { HelmOptions, KustomizeOptions } from "./application.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Everything that decides what a render yields, and nothing else: its digest is the input digest, and the same input is never rendered
 * twice. Applications that share a path share an input, so names enter only where the tool sees them. Made by fetch, stored as JSON in the
 * artifact store under `inputs/<digest>`, read by render.
 */
export interface RenderInput {
  readonly v: 1;
  readonly toolVersions: string;
  readonly sources: readonly RenderSource[];
}

/** One entry per source that renders; sources that only lend value files (`ref` without path or chart) are in `refs` of the others. */
export type RenderSource =
  | { readonly kind: "directory"; readonly files: SourceFiles; readonly options: DirectorySelection }
  | { readonly kind: "kustomize"; readonly files: SourceFiles; readonly options: KustomizeOptions; readonly env: BuildEnvironment }
  | {
      readonly kind: "helm";
      readonly files: SourceFiles;
      /**
       * Files are resolved by fetch: `valueFiles` and `fileParameters` name files that are in the bundles (optional ones that are missing are
       * left out), relative to `files.path`, from the bundle's root with a leading `/`, or `$ref/…`; no globs, no variables, in order.
       */
      readonly options: HelmOptions;
      readonly release: { readonly name: string; readonly namespace: string };
      readonly kubeVersion: string;
      readonly apiVersions: readonly string[];
      readonly env: BuildEnvironment;
    };

export interface DirectorySelection {
  readonly recurse: boolean;
  readonly include: string;
  readonly exclude: string;
}

export interface SourceFiles {
  /**
   * Artifact key of the bundle with this source's files, at their paths in the repository (a chart: at `<chart name>/…`). A directory source
   * that finds no manifests on its level has those below as empty files (at most 100): only their names count, for the message.
   */
  readonly bundle: string;
  /** Where in the bundle the tool starts. */
  readonly path: string;
  /** Bundles of `$ref` sources by ref name, for helm value files; their files stand at their repository paths. */
  readonly refs: Readonly<Record<string, string>>;
  /** For messages: what people call this source. */
  readonly repoURL: string;
}

/** ARGOCD_APP_* and KUBE_* variables that the source refers to; only those, so that others do not change the digest. */
export type BuildEnvironment = Readonly<Record<string, string>>;

/** What render stores under `manifests/<digest>`. Namespaces and tracking are not in yet: they belong to the Application, not to the input. */
export interface RenderOutput {
  readonly v: 1;
  readonly manifests: readonly Manifest[];
  /** For people, such as "3 documents in values.yaml have no kind and were skipped". */
  readonly warnings: readonly string[];
}
