import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";

/** What a bundle cannot hold inside, since a thread of its own loads it: laid beside `index.mjs` for every function that can start the thread. */
interface Companion {
  /** The source file that starts the thread. */
  readonly startedBy: string;
  /** Bundled by itself, to this name. */
  readonly worker: { readonly from: string; readonly to: string };
  /** A package that the thread loads as it is, with files beside it that no bundler knows. */
  readonly package: { readonly name: string; readonly files: readonly string[] };
}

const companions: readonly Companion[] = [
  {
    startedBy: "shared/adapters/jq/jq.ts",
    worker: { from: "shared/adapters/jq/jq-worker.ts", to: "jq-worker.mjs" },
    package: { name: "jq-web", files: ["package.json", "jq.js", "jq.wasm"] },
  },
];

/** Those that belong to a bundle made of these files, given relative to the root. */
export const companionsOf = (inputs: readonly string[]): readonly Companion[] =>
  companions.filter(({ startedBy }) => inputs.includes(startedBy));

/** Copies a companion's package to where the thread finds it, and answers the files it is made of. */
export const layPackage = async ({ package: { name, files } }: Companion, root: string, folder: string): Promise<readonly string[]> => {
  const from = join(root, "node_modules", name);
  const to = join(folder, "node_modules", name);
  await mkdir(to, { recursive: true });
  await Promise.all(files.map((file) => cp(join(from, file), join(to, file))));
  return files.map((file) => join(from, file));
};
