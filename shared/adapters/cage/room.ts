import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BundleFile } from "../../model/bundle.ts";
import type { CageTool, Room } from "../../ports/cage.ts";
import { runTool } from "./run-tool.ts";

/** How a tool is started: its program's absolute path, and the arguments that come before the request's. */
export interface ToolProgram {
  readonly program: string;
  readonly arguments: readonly string[];
}

export interface RoomOptions {
  /** Folder that belongs to the cage alone; whatever is found there before a run is removed. */
  readonly base: string;
  readonly tools: Readonly<Record<CageTool, ToolProgram>>;
  /** From here on the tools' garbage collector works; the hard limit is whoever started us to set. */
  readonly softMemoryBytes: number;
}

/** The machine as the program in the cage uses it: on Lambda, in namespaces, and uncaged. */
export const machineRoom = ({ base, tools, softMemoryBytes }: RoomOptions): Room => {
  let runs = 0;
  let running = 0;
  return {
    withFolder: async (use) => {
      // Lambda does not clear /tmp after a crashed invocation (G-16).
      if (running === 0) empty(base);
      running++;
      const folder = join(base, `run-${++runs}`);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      try {
        return await use(folder);
      } finally {
        running--;
        remove(folder);
      }
    },
    lay: async (folder, files) => {
      try {
        layFiles(folder, files);
        return "laid";
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOSPC") return "disk-full";
        throw error;
      }
    },
    run: async ({ tool, arguments: given, folder, private: own, limits }) => {
      mkdirSync(join(own, "home"), { recursive: true });
      mkdirSync(join(own, "tmp"), { recursive: true });
      const { program, arguments: leading } = tools[tool];
      // Collecting garbage only when memory runs short saves a fifth of a small run's time.
      const environment = { HOME: join(own, "home"), TMPDIR: join(own, "tmp"), GOGC: "off", GOMEMLIMIT: String(softMemoryBytes) };
      return runTool({ program, arguments: [...leading, ...given], folder, environment, limits });
    },
  };
};

/** Synchronous calls: for the few small files of a usual bundle they cost a third of the awaited ones. */
const layFiles = (folder: string, files: readonly BundleFile[]): void => {
  const made = new Set<string>();
  for (const { path, bytes, executable } of files) {
    const file = join(folder, path);
    const parent = dirname(file);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(file, bytes, { mode: executable ? 0o755 : 0o644 });
  }
  mkdirSync(folder, { recursive: true });
};

const empty = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) remove(join(folder, entry));
};

const remove = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    openUp(path);
    rmSync(path, { recursive: true, force: true });
  }
};

/** What a tool made unreadable would otherwise stay. */
const openUp = (folder: string): void => {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) openUp(join(folder, entry.name));
};
