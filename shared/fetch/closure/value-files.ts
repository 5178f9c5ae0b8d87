import picomatch from "picomatch";
import { expandVariables } from "../../model/build-environment.ts";
import { Failure } from "../../model/failure.ts";
import type { BuildEnvironment } from "../../model/render-input.ts";
import { isRemote, isWithin, joinPath, relativePath } from "./paths.ts";
import type { FoundFile, Reading } from "./reading.ts";

/** Where entries of `valueFiles` and `fileParameters` may point to. */
export interface ValueFilePlaces {
  readonly own: Reading;
  /** The source's path: what relative entries start from. */
  readonly path: string;
  /** Folder that entries with a leading `/` start from and none may leave: the repository's root, or a chart's own folder. */
  readonly root: string;
  readonly refs: ReadonlyMap<string, Reading>;
  readonly environment: BuildEnvironment;
}

/** One entry, settled: how render names the file, and where it is. */
export interface ValueFile {
  readonly entry: string;
  /** Of which source: its `ref`, or the source's own. */
  readonly ref: string | undefined;
  readonly file: FoundFile;
}

/**
 * Value files in Helm's order (later ones win): globs become their matches in lexical order, a file that is listed by name, too, keeps that
 * place, and each counts once. Missing ones are left out where `ignoreMissing` says so.
 * @throws Failure SourceInvalid naming the entry
 */
export const resolveValueFiles = (entries: readonly string[], ignoreMissing: boolean, places: ValueFilePlaces): readonly ValueFile[] => {
  const places_ = entries.map((entry, at) => placeOf(entry, `helm.valueFiles[${at}]`, places));
  const named = new Set(places_.filter((place) => !isGlob(place.path)).map(keyOf));
  const settled = new Map<string, ValueFile>();
  for (const place of places_) {
    const glob = isGlob(place.path);
    const files = glob ? matchesOf(place) : [fileOf(place)].filter((file) => file !== undefined);
    if (files.length === 0 && !ignoreMissing) throw missing(place, glob);
    for (const file of files) {
      const key = keyOf({ ...place, path: file.path });
      if (settled.has(key) || (glob && named.has(key))) continue;
      settled.set(key, { entry: entryOf(place, file.path, places), ref: place.ref, file });
    }
  }
  return [...settled.values()];
};

/** @throws Failure SourceInvalid when it is missing or outside the repository */
export const resolveFileParameter = (entry: string, at: number, places: ValueFilePlaces): ValueFile => {
  const place = placeOf(entry, `helm.fileParameters[${at}].path`, places);
  const file = fileOf(place);
  if (!file) throw missing(place, false);
  return { entry: entryOf(place, file.path, places), ref: place.ref, file };
};

interface Place {
  readonly field: string;
  readonly written: string;
  readonly ref: string | undefined;
  readonly reading: Reading;
  readonly path: string;
  readonly relative: boolean;
}

const keyOf = ({ ref, path }: Pick<Place, "ref" | "path">): string => `${ref ?? ""}\0${path}`;

const placeOf = (entry: string, field: string, places: ValueFilePlaces): Place => {
  const [, name, rest = ""] = /^\$([^/]*)\/(.*)$/s.exec(entry) ?? [];
  const lent = name === undefined ? undefined : places.refs.get(name);
  if (name !== undefined && lent) {
    const path = joinPath("", expandVariables(rest, places.environment));
    if (path === undefined || path === "")
      throw refuse(field, entry, "names no file inside that source; write a path after the ref's name");
    return { field, written: entry, ref: name, reading: lent, path, relative: false };
  }
  if (name !== undefined && /^[A-Za-z0-9_-]+$/.test(name) && !(name in places.environment)) {
    throw refuse(field, entry, `starts with $${name}, but no source of the Application has ref: ${name}`);
  }
  const written = expandVariables(entry, places.environment);
  if (isRemote(written)) throw refuse(field, entry, "is remote and not fetched; vendor it: copy it into the repository and name the copy");
  const relative = !written.startsWith("/");
  const path = relative ? joinPath(places.path, written) : joinPath(places.root, written);
  if (path === undefined || !isWithin(path, places.root)) {
    throw refuse(field, entry, "leaves the repository; name a file inside it, or lend one from another source with ref");
  }
  if (path === places.root) throw refuse(field, entry, "names no file");
  return { field, written, ref: undefined, reading: places.own, path, relative };
};

const fileOf = ({ reading, path }: Place): FoundFile | undefined => {
  const found = reading.find(path);
  return found?.kind === "file" ? found : undefined;
};

const entryOf = (place: Place, path: string, places: ValueFilePlaces): string => {
  if (place.ref !== undefined) return `$${place.ref}/${path}`;
  return place.relative ? relativePath(places.path, path) : `/${relativePath(places.root, path)}`;
};

const isGlob = (path: string): boolean => /[*?[]/.test(path);

/** Dot files match, `[!a]` is `[^a]`, and neither `!` nor `(` in front means anything: as in the glob library Argo CD uses. */
const matcher = (pattern: string) =>
  picomatch(pattern.replaceAll("[!", "[^"), { dot: true, nonegate: true, noextglob: true, strictSlashes: true });

const matchesOf = ({ reading, path }: Place): readonly FoundFile[] => {
  const segments = path.split("/");
  const first = segments.findIndex(isGlob);
  const base = segments.slice(0, first).join("/");
  const isMatch = matcher(path);
  reading.watchTree(base);
  return reading
    .filesBelow(base, () => true)
    .filter((file) => isMatch(file.path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

const missing = ({ field, written, path, reading }: Place, glob: boolean): Failure => {
  const why = glob ? "matches no file" : `does not exist (looked for ${path} at ${reading.snapshot.commit.sha.slice(0, 7)})`;
  return refuse(field, written, `${why}; add it, correct the entry, or set helm.ignoreMissingValueFiles`);
};

const refuse = (field: string, entry: string, why: string): Failure => new Failure("SourceInvalid", entry, `${field} ${entry} ${why}`);
