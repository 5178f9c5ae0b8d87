import type { Application, DirectoryOptions, HelmOptions } from "../../model/application.ts";
import { digestOfJson } from "../../model/digest.ts";
import { assertNever } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { RenderInput, RenderSource, SourceFiles } from "../../model/render-input.ts";
import type { EvaluatedSource } from "../closure/evaluate-source.ts";
import type { DestinationFacts } from "./build-environment.ts";

/** A source whose files are in the artifact store. */
export interface PreparedSource {
  readonly evaluated: Pick<EvaluatedSource, "kind" | "source" | "path" | "environment">;
  /** Artifact key of its bundle. */
  readonly bundle: string;
  /** Artifact keys of what other sources lend, by ref. */
  readonly lent: Readonly<Record<string, string>>;
  /** Does anything in its files ask for the destination's API list? Charts that do not render the same whatever a cluster serves. */
  readonly asksForApis: boolean;
}

export interface InputRequest {
  readonly application: Pick<Application, "name" | "destination">;
  readonly sources: readonly PreparedSource[];
  readonly destination: DestinationFacts;
  /** Names the versions of kubectl and helm. */
  readonly toolVersions: string;
}

/** The input that decides what is rendered. Applications' names and destinations enter only where the tool sees them. */
export const renderInputOf = ({ application, sources, destination, toolVersions }: InputRequest): RenderInput => ({
  v: 1,
  toolVersions,
  sources: sources.map((source) => renderSourceOf(source, application, destination)),
});

/** Its digest, which names it: equal inputs are rendered once. */
export const inputDigestOf = (input: RenderInput): string => digestOfJson(plain(input));

/** `{{ .Capabilities }}` in a template, a helper or a value file; a packed dependency may have it inside. */
export const asksForApis = (bundle: Uint8Array): boolean => {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  return bytes.includes("Capabilities") || bytes.includes('.tgz"');
};

const renderSourceOf = (
  { evaluated, bundle, lent, asksForApis }: PreparedSource,
  application: InputRequest["application"],
  destination: DestinationFacts,
): RenderSource => {
  const { kind, source, path, environment } = evaluated;
  const files: SourceFiles = { bundle, path, refs: lent, repoURL: source.repoURL };
  switch (kind) {
    case "directory":
      return { kind, files, options: selectionOf(source.directory ?? {}) };
    case "kustomize":
      return { kind, files, options: source.kustomize ?? {}, env: environment };
    case "helm": {
      const helm = source.helm ?? {};
      const listed = [...(helm.apiVersions ?? destination.apiVersions)].sort();
      return {
        kind,
        files,
        options: withoutNames(helm),
        release: { name: helm.releaseName || application.name, namespace: helm.namespace || application.destination.namespace },
        kubeVersion: helm.kubeVersion || destination.kubeVersion,
        apiVersions: asksForApis || JSON.stringify(helm).includes("Capabilities") ? listed : [],
        env: environment,
      };
    }
    default:
      return assertNever(kind);
  }
};

const selectionOf = ({ recurse = false, include = "", exclude = "" }: DirectoryOptions) => ({ recurse, include, exclude });

/** These four stand beside the options, settled; `ignoreMissingValueFiles` has done its work. */
const withoutNames = (helm: HelmOptions): HelmOptions => {
  const { releaseName: _r, namespace: _n, kubeVersion: _k, apiVersions: _a, ignoreMissingValueFiles: _i, ...options } = helm;
  return options;
};

const plain = (input: RenderInput): Json => JSON.parse(JSON.stringify(input));
