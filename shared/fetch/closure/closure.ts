import { digestOf } from "../../model/digest.ts";
import { Failure } from "../../model/failure.ts";
import type { FoundFile } from "./reading.ts";

/** The files that a render reads, by the paths at which it finds them. */
export interface Closure {
  readonly files: readonly ClosureFile[];
  /** Of paths, contents and executable bits, and of nothing else: the same files in another commit or repository have the same one. */
  readonly digest: string;
}

/** `at` is where in the snapshot its bytes are; without it the file is empty: only its name counts. */
export interface ClosureFile {
  readonly path: string;
  readonly at?: string;
  readonly id: string;
  readonly executable: boolean;
}

export interface ClosureLimits {
  /** How many files one source may reach. */
  readonly files: number;
  /** How many bytes one bundle may have. */
  readonly bytes: number;
}

export const defaultLimits: ClosureLimits = { files: 20_000, bytes: 64 * 1024 * 1024 };

/** Collects files; the same path twice counts once. */
export interface ClosureBuilder {
  add(...files: readonly FoundFile[]): void;
  /** A file of which the render shall know that it exists, not what it says. */
  addName(path: string): void;
  build(): Closure;
}

/** @param subject what people call the source, for the message when it is too large */
export const closureBuilder = (subject: string, limits: ClosureLimits): ClosureBuilder => {
  const files = new Map<string, ClosureFile>();
  const put = (file: ClosureFile): void => {
    files.set(file.path, file);
    if (files.size > limits.files) throw tooMany(subject, limits);
  };
  return {
    add: (...found) => {
      for (const { path, at, id, executable } of found) put({ path, at, id, executable });
    },
    addName: (path) => put({ path, id: "", executable: false }),
    build: () => {
      const sorted = [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
      return { files: sorted, digest: digestOf(sorted.map((file) => `${file.path}\0${file.id}\0${file.executable}`).join("\n")) };
    },
  };
};

const tooMany = (subject: string, limits: ClosureLimits): Failure =>
  new Failure("LimitExceeded", subject, `${subject} reaches more than ${limits.files} files; point its path to a smaller folder`);
