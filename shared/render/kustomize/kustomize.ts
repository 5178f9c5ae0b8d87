import { Failure } from "../../model/failure.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import type { CageFile } from "../../ports/cage.ts";
import { parseManifests } from "../manifests.ts";
import type { Renderer, SourceOf } from "../renderer.ts";
import { runTool, sourceFolder } from "../run-tool.ts";
import { joinPath, nameOfFolder, type SourceTree, textOf } from "../source-tree.ts";
import { parseYaml } from "../yaml.ts";
import { asksForEdits, editKustomization } from "./edit.ts";
import { explainKustomize } from "./explain.ts";

/** A kustomization, built by kubectl's own kustomize. Remote bases are not fetched: the cage has no network, and fetch refuses them before. */
export const renderKustomize: Renderer<"kustomize"> = async (source, bench) => {
  const { path } = source.files;
  const files = asksForEdits(source.options) ? [editedFile(source, bench.tree)] : [];
  const explain = (complaint: string): string => explainKustomize(complaint, path, bench.tree);
  const output = await runTool({ tool: "kustomize", arguments: ["."], path, files, explain }, bench);
  return parseManifests(output, `${nameOfFolder(path)} as Kustomize renders it`);
};

const names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

const editedFile = ({ files: { path }, options, env }: SourceOf<"kustomize">, tree: SourceTree): CageFile => {
  const file = names.map((name) => tree.file(path === "" ? name : `${path}/${name}`)).find((found) => found !== undefined);
  if (!file) throw new Failure("SourceInvalid", path, `${nameOfFolder(path)} has no kustomization.yaml; add one`);
  const hasComponent = (relative: string): boolean => {
    const at = joinPath(path, relative);
    return at !== undefined && tree.has(at);
  };
  const edited = editKustomization(readKustomization(textOf(file), file.path), { options, env, file: file.path, hasComponent });
  return { path: `${sourceFolder}/${file.path}`, text: JSON.stringify(edited) };
};

const readKustomization = (text: string, file: string): JsonObject => {
  const [document] = parseYaml(text, file).documents;
  if (document === undefined) return {};
  if (!isJsonObject(document.value))
    throw new Failure("SourceInvalid", file, `${file} is no kustomization; it must be a mapping such as \`resources: [...]\``);
  return document.value;
};
