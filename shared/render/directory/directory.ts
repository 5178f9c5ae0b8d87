import type { BundleFile } from "../../model/bundle.ts";
import { Failure } from "../../model/failure.ts";
import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { manifestsOf, type ParsedManifests } from "../manifests.ts";
import type { Renderer } from "../renderer.ts";
import { nameOfFolder, textOf } from "../source-tree.ts";
import { parseYaml } from "../yaml.ts";
import { filesOf } from "./files.ts";
import { nothingFound } from "./nothing-found.ts";

/**
 * Plain manifests: the .yaml, .yml and .json files of a folder, or of all below it. Read right here: unlike a chart, a manifest runs nothing. As in
 * Argo CD, files that look like no manifest at all are passed over, with a warning.
 */
export const renderDirectory: Renderer<"directory"> = async ({ files: { path }, options }, { tree }) => {
  const chosen = filesOf(tree.files, path, options);
  refuseTooLarge(chosen, path);
  const parsed = chosen.map(readFile);
  const manifests = parsed.flatMap((file) => file.manifests);
  if (manifests.length === 0) nothingFound(tree, path, options);
  return { manifests, warnings: parsed.flatMap((file) => file.warnings) };
};

/** Argo CD's limit for one source, so that what works there works here. */
const maxBytes = 10_000_000;
const skipMark = "+argocd:skip-file-rendering";

const refuseTooLarge = (files: readonly BundleFile[], path: string): void => {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes <= maxBytes) return;
  const size = `${(bytes / 1_000_000).toFixed(1)} MB`;
  const remedy = "split the source, or leave files out with directory.exclude";
  throw new Failure(
    "LimitExceeded",
    path,
    `the manifests in ${nameOfFolder(path)} are ${size} together, more than the 10 MB of one source; ${remedy}`,
  );
};

const readFile = (file: BundleFile): ParsedManifests => {
  const text = textOf(file);
  if (text.includes(skipMark)) return { manifests: [], warnings: [] };
  if (file.path.endsWith(".jsonnet")) {
    const remedy = "render it to YAML, or leave it out with directory.exclude";
    throw new Failure("SourceInvalid", file.path, `${file.path} is Jsonnet, which this version does not render; ${remedy}`);
  }
  return looksLikeManifest(text) ? readManifests(text, file.path) : passOver(text, file.path);
};

const looksLikeManifest = (text: string): boolean => ["apiVersion", "kind", "metadata"].every((field) => text.includes(field));

const readManifests = (text: string, path: string): ParsedManifests => {
  const { documents, warnings } = parseYaml(text, path);
  const told = [...warnings];
  const manifests = documents.flatMap(({ line, value }): readonly Manifest[] => {
    if (isJsonObject(value) && String(value.apiVersion).startsWith("kustomize.config.k8s.io/")) {
      const remedy = "leave it out with directory.exclude, or make the source a Kustomize source by its path";
      throw new Failure(
        "ManifestInvalid",
        path,
        `${path}:${line}: a ${String(value.kind)} is for Kustomize and no object of a cluster; ${remedy}`,
      );
    }
    return manifestsOf(value, `${path}:${line}`, told);
  });
  return { manifests, warnings: told };
};

/** A values file, a CI configuration: it happens to lie there. */
const passOver = (text: string, path: string): ParsedManifests => {
  const documents = text.split(/^---/m).filter((part) => /^\s*[^\s#]/m.test(part)).length;
  if (documents === 0) return { manifests: [], warnings: [] };
  const count = documents === 1 ? "1 document" : `${documents} documents`;
  return {
    manifests: [],
    warnings: [`${count} in ${path} ${documents === 1 ? "is no manifest and was" : "are no manifests and were"} skipped`],
  };
};
