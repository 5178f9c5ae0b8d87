import type { KustomizeOptions } from "../../model/application.ts";
import { Failure } from "../../model/failure.ts";
import type { ClosureBuilder } from "./closure.ts";
import { isInline, kustomizationNames, pluginFilesOf, type Reference, referencesOf } from "./kustomization.ts";
import { describePath, isRemote, joinPath, normalise } from "./paths.ts";
import type { FoundFile, Reading } from "./reading.ts";
import { parseYaml } from "./yaml.ts";

/**
 * What `kustomize build` reads: kustomizations and the files they name, from one to the next. It goes where kustomize goes and stops where it
 * must not go: at URLs and at the repository's edge.
 */
interface Walk {
  readonly reading: Reading;
  readonly builder: ClosureBuilder;
  readonly visited: Set<string>;
}

/** Where a reference stands: `file` says it to people. */
interface Referrer {
  readonly directory: string;
  readonly file: string;
}

/** @throws Failure SourceInvalid naming the file that refers and what it refers to. */
export const collectKustomize = (reading: Reading, path: string, options: KustomizeOptions, builder: ClosureBuilder): void => {
  const walk: Walk = { reading, builder, visited: new Set() };
  visit(walk, path, undefined);
  const from: Referrer = { directory: path, file: "the Application's kustomize options" };
  options.patches?.forEach(({ path: file }, at) => {
    if (typeof file === "string" && file !== "") follow(walk, from, { field: `patches[${at}].path`, target: file, kind: "file" });
  });
  options.components?.forEach((target, at) => {
    const component = joinPath(path, target);
    if (options.ignoreMissingComponents && component !== undefined && reading.find(component) === undefined) return;
    follow(walk, from, { field: `components[${at}]`, target, kind: "directory" });
  });
};

const visit = (walk: Walk, directory: string, reference: { readonly from: Referrer; readonly by: Reference } | undefined): void => {
  if (walk.visited.has(directory)) return;
  walk.visited.add(directory);
  const { reading, builder } = walk;
  reading.watchLevel(directory);
  const files = kustomizationNames.map((name) => fileAt(reading, joinPath(directory, name))).filter((file) => file !== undefined);
  if (files.length === 0) throw noKustomization(directory, reference);
  for (const file of files) {
    builder.add(file);
    const from: Referrer = { directory, file: file.path };
    for (const document of reading.yaml(file)) for (const found of referencesOf(document)) follow(walk, from, found);
  }
};

const follow = (walk: Walk, from: Referrer, reference: Reference): void => {
  const { reading, builder } = walk;
  if (reference.kind === "plugin" && isInline(reference.target)) {
    followPlugin(walk, from, parseYaml(Buffer.from(reference.target), from.file));
    return;
  }
  if (reference.target.trim() === "" || (reference.kind === "patch" && isInline(reference.target))) return;
  const path = pathOf(from, reference);
  const found = path === undefined ? undefined : reading.find(path);
  if (found?.kind === "file") {
    if (reference.kind === "directory") throw refuse(from, reference, "is a file; name the folder of a kustomization");
    builder.add(found);
    if (reference.kind === "plugin") followPlugin(walk, from, reading.yaml(found));
    return;
  }
  if (isRemote(reference.target)) throw remote(from, reference);
  if (path === undefined) throw refuse(from, reference, "leaves the repository; move what it needs into the repository");
  if (!found) throw refuse(from, reference, `does not exist; add ${path} or remove the entry`);
  if (reference.kind === "file" || reference.kind === "patch") throw refuse(from, reference, "is a folder; name a file");
  // Configurations made by another kustomization may name any file below the folder of the one that uses them.
  if (reference.kind === "plugin") builder.add(...reading.wholeTree(from.directory));
  checkSamePlaces(walk, path, found.at);
  visit(walk, path, { from, by: reference });
};

const followPlugin = (walk: Walk, from: Referrer, documents: ReturnType<Reading["yaml"]>): void => {
  for (const document of documents) {
    for (const target of pluginFilesOf(document)) {
      const file = fileAt(walk.reading, joinPath(from.directory, target));
      if (file) walk.builder.add(file);
    }
  }
};

/**
 * kustomize resolves `../x` from where a folder really is, the bundle holds it where it was asked for: with a symlinked folder these may differ,
 * and it is refused rather than rendered from other files than a checkout would be.
 */
const checkSamePlaces = ({ reading }: Walk, path: string, at: string): void => {
  if (path === at) return;
  for (const name of kustomizationNames) {
    const file = fileAt(reading, joinPath(path, name));
    for (const document of file ? reading.yaml(file) : []) {
      for (const { target, field } of referencesOf(document)) {
        if (isInline(target) || isRemote(target)) continue;
        const asked = realPath(reading, joinPath(path, target));
        if (asked === realPath(reading, joinPath(at, target))) continue;
        const message = `${path}/${name}: ${field} names ${target}, which is another file when seen through the symlink ${path}; refer to ${at} directly`;
        throw new Failure("SourceInvalid", `${path}/${name}`, message);
      }
    }
  }
};

const realPath = (reading: Reading, path: string | undefined): string | undefined =>
  path === undefined ? undefined : reading.find(path)?.at;

const fileAt = (reading: Reading, path: string | undefined): FoundFile | undefined => (path === undefined ? undefined : reading.file(path));

const pathOf = (from: Referrer, { target }: Reference): string | undefined =>
  target.startsWith("/") ? undefined : joinPath(from.directory, target);

const refuse = (from: Referrer, { field, target }: Reference, why: string): Failure =>
  new Failure("SourceInvalid", from.file, `${from.file}: ${field} names ${target}, which ${why}`);

const remote = (from: Referrer, reference: Reference): Failure => {
  const what = reference.kind === "resource" || reference.kind === "directory" ? "remote base" : "remote file";
  return new Failure(
    "SourceInvalid",
    from.file,
    `${from.file}: ${what} ${reference.target} (${reference.field}) is not fetched; vendor it: copy it into the repository and name the copy`,
  );
};

const noKustomization = (directory: string, reference: { readonly from: Referrer; readonly by: Reference } | undefined): Failure => {
  const missing = `${describePath(normalise(directory) ?? directory)} has no kustomization.yaml; add one`;
  if (!reference) return new Failure("SourceInvalid", directory, missing);
  const { from, by } = reference;
  return new Failure(
    "SourceInvalid",
    from.file,
    `${from.file}: ${by.field} names ${by.target}, but ${missing}, or name its files one by one`,
  );
};
