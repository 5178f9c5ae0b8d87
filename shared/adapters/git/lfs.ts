import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../model/failure.ts";
import { asDiskTrouble } from "./disk.ts";

/** What Git holds in place of a large file's content. */
export interface LfsPointer {
  /** sha256 of the content, hex. */
  readonly oid: string;
  readonly size: number;
  /** For messages. */
  readonly path: string;
}

/** The LFS files of one repository. */
export interface LfsFiles {
  /** Undefined until downloaded. */
  read(pointer: LfsPointer): Uint8Array | undefined;
  download(pointers: readonly LfsPointer[]): Promise<void>;
}

/** Fetches contents by the LFS batch API. What it gives is checked here. */
export type LfsSource = (pointers: readonly LfsPointer[], store: (pointer: LfsPointer, bytes: Uint8Array) => void) => Promise<void>;

/** Pointers have at most 1024 bytes, as the LFS specification says; only its exact form counts, whatever .gitattributes say. */
export const readPointer = (bytes: Uint8Array): LfsPointer | undefined => {
  if (bytes.length > 1024 || bytes[0] !== 0x76) return undefined;
  const text = Buffer.from(bytes).toString("utf8");
  const match = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n?$/.exec(
    text,
  );
  const [, oid, size] = match ?? [];
  return oid === undefined ? undefined : { oid, size: Number(size), path: "" };
};

/** Keeps contents in a folder by their sha256. A content that is not what its pointer says never gets there. */
export const lfsFiles = (folder: string, limit: number, label: string, source: LfsSource): LfsFiles => {
  const here = new Map<string, number>();
  const place = (oid: string) => join(folder, oid);

  const store = (pointer: LfsPointer, bytes: Uint8Array): void => {
    const { oid, path, size } = pointer;
    if (bytes.length !== size || createHash("sha256").update(bytes).digest("hex") !== oid) {
      throw new Failure("SourceInvalid", path, `The LFS file ${path} of ${label} came with another content than its pointer in Git says.`);
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${place(oid)}.part`, bytes);
    renameSync(`${place(oid)}.part`, place(oid));
    here.set(oid, size);
  };

  return {
    read: ({ oid }) => (here.has(oid) ? readFileSync(place(oid)) : undefined),
    async download(pointers) {
      const missing = [...new Map(pointers.filter(({ oid }) => !here.has(oid)).map((pointer) => [pointer.oid, pointer])).values()];
      if (missing.length === 0) return;
      const total = [...here.values(), ...missing.map(({ size }) => size)].reduce((sum, size) => sum + size, 0);
      if (total > limit) {
        throw new Failure(
          "LimitExceeded",
          label,
          `The LFS files of ${label} that are needed have ${total} bytes; the limit is ${limit} (limits.repositoryBytes).`,
        );
      }
      await source(missing, store).catch((error: unknown) => {
        throw asDiskTrouble(error, label);
      });
      const lost = missing.find(({ oid }) => !here.has(oid));
      if (lost !== undefined)
        throw new Failure(
          "SourceInvalid",
          lost.path,
          `The LFS file ${lost.path} is not on the LFS server of ${label}: push it with git lfs push.`,
        );
    },
  };
};
