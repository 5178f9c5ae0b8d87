import { packBundle } from "../../shared/model/bundle.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { RenderOutput, RenderSource } from "../../shared/model/render-input.ts";
import type { Cage, CageRequest } from "../../shared/ports/cage.ts";
import { renderSources } from "../../shared/render/render-sources.ts";
import { memoryArtifacts } from "../fakes/memory-artifacts.ts";

export const testLimits = { seconds: 50, outputBytes: 50_000_000 };

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

export const bundleOf = (files: Files): Uint8Array =>
  packBundle(Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), executable: false })));

type OptionsOf<K extends RenderSource["kind"]> = Partial<Extract<RenderSource, { kind: K }>["options"]>;

interface SourceParts {
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files of `$ref` sources by ref. */
  readonly refs?: Readonly<Record<string, Files>>;
}

const filesOf = (path: string, refs: SourceParts["refs"] = {}) => ({
  bundle: "bundles/own",
  path,
  refs: Object.fromEntries(Object.keys(refs).map((name) => [name, `bundles/${name}`])),
  repoURL: "https://git.example/team/repository",
});

export const directorySource = (path: string, options: OptionsOf<"directory"> = {}): RenderSource => ({
  kind: "directory",
  files: filesOf(path),
  options: { recurse: false, include: "", exclude: "", ...options },
});

export const kustomizeSource = (options: OptionsOf<"kustomize"> = {}, { path = "app", env = {} }: SourceParts = {}): RenderSource => ({
  kind: "kustomize",
  files: filesOf(path),
  options,
  env,
});

export const helmSource = (options: OptionsOf<"helm"> = {}, { path = "chart", env = {}, refs }: SourceParts = {}): RenderSource => ({
  kind: "helm",
  files: filesOf(path, refs),
  options,
  release: { name: "web", namespace: "shop" },
  kubeVersion: "v1.36.3",
  apiVersions: ["v1", "apps/v1", "example.com/v1/Ship"],
  env,
});

/** Renders one source from these files, as the story does between its reads and writes. */
export const renderFiles = (
  files: Files,
  source: RenderSource,
  cage: Cage,
  refs: Readonly<Record<string, Files>> = {},
): Promise<RenderOutput> => {
  const lent = Object.entries(refs).map(([name, content]) => [`bundles/${name}`, bundleOf(content)]);
  const artifacts = memoryArtifacts({ "bundles/own": bundleOf(files), ...Object.fromEntries(lent) });
  return renderSources({ v: 1, toolVersions: "test", sources: [source] }, "default", { artifacts, cage, limits: testLimits });
};

/** For sources that must not reach it. */
export const noCage: Cage = {
  run: async ({ tool }: CageRequest) => {
    throw new Error(`nobody expected ${tool} to run`);
  },
};

export const namesOf = (manifests: readonly Manifest[]): readonly string[] =>
  manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

export const configMap = (name: string, data: Readonly<Record<string, string>> = { a: "b" }): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata: ${JSON.stringify(data)}\n`;
