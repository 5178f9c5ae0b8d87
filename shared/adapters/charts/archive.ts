import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import type { BundleFile } from "../../model/bundle.ts";
import { Failure } from "../../model/failure.ts";

export interface ArchiveLimits {
  /** Bytes of all files, unpacked. */
  readonly unpackedBytes: number;
  readonly files: number;
}

/**
 * A chart's archive as files at `<folder>/…`, in memory: nothing of it ever touches the disk. Links and names that lead out of the chart's
 * folder are refused (CVE-2025-32386, CVE-2026-35206); `label` names the chart in messages.
 */
export const unpackChart = async (
  archive: Uint8Array,
  folder: string,
  label: string,
  limits: ArchiveLimits,
): Promise<readonly BundleFile[]> => {
  const files = new Map<string, BundleFile>();
  for (const entry of await entriesOf(await unzipped(archive, label, limits), label, limits)) {
    const inside = insideOf(entry.path, label);
    if (inside !== "") files.set(inside, { path: `${folder}/${inside}`, bytes: entry.bytes, executable: entry.executable });
  }
  if (!files.has("Chart.yaml")) throw invalid(label, "holds no Chart.yaml in its folder");
  return [...files.values()];
};

const unzipped = async (archive: Uint8Array, label: string, limits: ArchiveLimits): Promise<Buffer> => {
  try {
    // Tar adds up to a kilobyte for each file.
    return await promisify(gunzip)(archive, { maxOutputLength: limits.unpackedBytes + limits.files * 1024 });
  } catch (cause) {
    const bomb = cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
    throw bomb ? tooLarge(label, `more than ${limits.unpackedBytes} bytes`) : invalid(label, "is not a gzipped archive", cause);
  }
};

interface Entry {
  readonly path: string;
  readonly bytes: Buffer;
  readonly executable: boolean;
}

const entriesOf = (tar: Buffer, label: string, limits: ArchiveLimits): Promise<readonly Entry[]> =>
  new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    const parser = new Parser({ strict: true, onReadEntry: (entry) => read(entry) });

    const read = (entry: ReadEntry): void => {
      switch (entry.type) {
        case "File":
        case "OldFile":
        case "ContiguousFile": {
          if (entries.length >= limits.files) refuse(tooLarge(label, `more than ${limits.files} files`));
          const chunks: Buffer[] = [];
          entry.on("data", (chunk) => chunks.push(chunk));
          entry.on("end", () =>
            entries.push({ path: entry.path, bytes: Buffer.concat(chunks), executable: ((entry.mode ?? 0) & 0o111) !== 0 }),
          );
          return;
        }
        case "SymbolicLink":
        case "Link":
          refuse(invalid(label, `holds the link ${printable(entry.path)}; charts must hold files only`));
          return;
        default:
          entry.resume();
      }
    };

    const refuse = (failure: Failure): void => {
      reject(failure);
      parser.abort(failure);
    };

    parser.on("error", (cause: unknown) => reject(cause instanceof Failure ? cause : invalid(label, "is damaged", cause)));
    parser.on("end", () => resolve(entries));
    parser.end(tar);
  });

/** The path below the archive's one folder; "" for a file beside it, which Helm leaves out too. */
const insideOf = (path: string, label: string): string => {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (path.startsWith("/") || segments.includes("..") || /[\\\0]/.test(path))
    throw invalid(label, `holds ${printable(path)}, which leads out of its folder`);
  return segments.slice(1).join("/");
};

const printable = (text: string): string => text.replace(/\p{Cc}/gu, "?").slice(0, 200);

const invalid = (label: string, why: string, cause?: unknown): Failure =>
  new Failure("SourceInvalid", label, `The archive of ${label} ${why}.`, { cause });

const tooLarge = (label: string, what: string): Failure =>
  new Failure("LimitExceeded", label, `The archive of ${label} unpacks to ${what}.`);
