import { digestOf } from "./digest.ts";

/** The files a render needs and nothing else. Only regular files: symlinks inside the tree have become what they pointed to. */
export interface BundleFile {
  /** Relative, `/`-separated, without `.` or `..` segments. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

interface IndexRow {
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
}

/** One blob: length of the index (4 bytes), the index as JSON, the files' bytes. The same files give the same bytes, so its digest names it. */
export const packBundle = (files: readonly BundleFile[]): Uint8Array => {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const index: readonly IndexRow[] = sorted.map(({ path, bytes, executable }) => ({ path, size: bytes.length, executable }));
  const header = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return Buffer.concat([length, header, ...sorted.map((file) => file.bytes)]);
};

/** Reads what `packBundle` wrote; our own artifact, so its shape is trusted. Bytes are views, not copies. */
export const unpackBundle = (packed: Uint8Array): readonly BundleFile[] => {
  const buffer = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const start = 4 + buffer.readUInt32BE(0);
  const index: readonly IndexRow[] = JSON.parse(buffer.toString("utf8", 4, start));
  let offset = start;
  return index.map(({ path, size, executable }) => {
    const bytes = buffer.subarray(offset, offset + size);
    offset += size;
    return { path, bytes, executable };
  });
};

export const bundleKey = (packed: Uint8Array): string => `bundles/${digestOf(packed)}`;
