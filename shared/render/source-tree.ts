import type { BundleFile } from "../model/bundle.ts";
import { Failure } from "../model/failure.ts";

/** A bundle's files, to look things up before a tool runs. Paths are relative to the repository's root; "" is the root. */
export interface SourceTree {
  readonly files: readonly BundleFile[];
  file(path: string): BundleFile | undefined;
  /** Whether there is a file, or a folder with files in it. */
  has(path: string): boolean;
}

export const sourceTree = (files: readonly BundleFile[]): SourceTree => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    files,
    file: (path) => byPath.get(path),
    has: (path) => byPath.has(path) || path === "" || files.some((file) => file.path.startsWith(`${path}/`)),
  };
};

/** `a/b` and `../c` → `a/c`; undefined when that leaves the repository. */
export const joinPath = (folder: string, relative: string): string | undefined => {
  const parts: string[] = [];
  for (const part of `${folder}/${relative}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
};

/** For messages. */
export const nameOfFolder = (path: string): string => (path === "" ? "the repository's root" : path);

/** @throws Failure ManifestInvalid naming the file when it is not UTF-8. */
export const textOf = ({ path, bytes }: BundleFile): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Failure("ManifestInvalid", path, `${path} is not UTF-8 text; save it as UTF-8 or exclude it`);
  }
};
