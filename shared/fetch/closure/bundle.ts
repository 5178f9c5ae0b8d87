import { type BundleFile, packBundle } from "../../model/bundle.ts";
import { Failure } from "../../model/failure.ts";
import type { Snapshot } from "../../ports/git.ts";
import { type Closure, type ClosureLimits, defaultLimits } from "./closure.ts";
import { normalise } from "./paths.ts";

export interface BundleOptions {
  readonly limits?: ClosureLimits;
  /** Files from elsewhere, such as fetched chart dependencies; a chart at the repository's root has them at `/charts/…`. */
  readonly extra?: readonly BundleFile[];
}

/** Paths in the snapshot of a closure's files: what `Snapshot.prepare` wants before packing. */
export const pathsOf = (closure: Closure): readonly string[] => [
  ...new Set(closure.files.flatMap((file) => (file.at === undefined ? [] : [file.at]))),
];

/**
 * A closure's files as one blob: regular files only, symlinks have become what they pointed to.
 * @throws Failure LimitExceeded naming the largest file when the bundle would be too large
 */
export const bundleOf = (closure: Closure, snapshot: Snapshot, options: BundleOptions = {}): Uint8Array => {
  const { limits = defaultLimits, extra = [] } = options;
  const files: BundleFile[] = [];
  let total = 0;
  for (const { path, at, executable } of closure.files) {
    const file = { path, bytes: at === undefined ? new Uint8Array() : snapshot.read(at), executable };
    files.push(file);
    total += file.bytes.length;
    if (total > limits.bytes) throw tooLarge(files, limits);
  }
  files.push(...extra.map((file) => ({ ...file, path: normalise(file.path) ?? file.path })));
  if (files.reduce((sum, file) => sum + file.bytes.length, 0) > limits.bytes) throw tooLarge(files, limits);
  return packBundle(files);
};

const tooLarge = (files: readonly BundleFile[], limits: ClosureLimits): Failure => {
  const largest = files.reduce((a, b) => (b.bytes.length > a.bytes.length ? b : a));
  const limit = `${Math.floor(limits.bytes / 1024 / 1024)} MB`;
  const size = `${(largest.bytes.length / 1024 / 1024).toFixed(1)} MB`;
  const message = `the files it needs are more than the limit of ${limit} a source (limits.bundleBytes); the largest is ${largest.path} with ${size}: keep large files out of the source's folders`;
  return new Failure("LimitExceeded", largest.path, message);
};
