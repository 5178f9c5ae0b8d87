import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, version } from "esbuild";
import { companionsOf, layPackage } from "./companions.ts";
import { freshRecord, writeRecord } from "./freshness.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

export interface Bundle {
  readonly name: string;
  /** Holds `index.mjs` (what Lambda starts, exporting `handler`), its source map, and native libraries and threads where the function needs them. */
  readonly folder: string;
  /** Of index.mjs. */
  readonly bytes: number;
  /** False when nothing had changed and the bundle of an earlier run stands. */
  readonly made: boolean;
}

/** CommonJS packages inside an ES module expect these three names. */
const banner = [
  'import{createRequire as fairleadRequire}from"node:module";',
  'import{fileURLToPath as fairleadPath}from"node:url";',
  "const require=fairleadRequire(import.meta.url);",
  "const __filename=fairleadPath(import.meta.url);",
  'const __dirname=fairleadPath(new URL(".",import.meta.url));',
].join("");

const settings: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  mainFields: ["module", "main"],
  minify: true,
  sourcemap: "external",
  legalComments: "none",
  charset: "utf8",
  banner: { js: banner },
  loader: { ".node": "copy" },
  assetNames: "[name]",
  // ssh2's native helpers: it does without them, and whether they were built differs from machine to machine.
  external: ["cpu-features", "*/sshcrypto.node"],
  metafile: true,
  logLevel: "silent",
  absWorkingDir: root,
};

const settingsMark = JSON.stringify({ settings, version });

/**
 * Bundles every `<source>/<name>/lambda.ts` to `<out>/<name>/`. What has not changed since the last run is left as it is. The same sources
 * give the same bytes, so that an unchanged function is not deployed again. Throws esbuild's BuildFailure, which names file and line.
 */
export const bundleFunctions = async (
  options: { readonly source?: string; readonly out?: string; readonly names?: readonly string[] } = {},
): Promise<readonly Bundle[]> => {
  const { source = join(root, "functions"), out = join(root, "dist/functions") } = options;
  const names = options.names ?? (await namesIn(source));
  for (const folder of [out, join(out, "../bundled")]) await mkdir(folder, { recursive: true });
  return await Promise.all(names.map((name) => bundleFunction(name, join(source, name, "lambda.ts"), out)));
};

const namesIn = async (source: string): Promise<readonly string[]> =>
  (await readdir(source)).filter((name) => existsSync(join(source, name, "lambda.ts"))).toSorted();

const bundleFunction = async (name: string, entry: string, out: string): Promise<Bundle> => {
  const folder = join(out, name);
  // Beside the bundles, not in them: what is in them is deployed.
  const record = join(out, "../bundled", `${name}.json`);
  const fresh = existsSync(join(folder, "index.mjs")) ? await freshRecord(record, settingsMark) : undefined;
  if (fresh) return { name, folder, bytes: fresh.bytes, made: false };

  // Built aside and moved into place: whoever starts the function meanwhile gets the old bundle or the new one, never half of one.
  const aside = join(out, "../bundled", `${name}.${randomUUID()}`);
  const outfile = join(aside, "index.mjs");
  const { metafile } = await build({ ...settings, entryPoints: [entry], outfile });
  const inputs = Object.keys(metafile?.inputs ?? {});
  const more = await Promise.all(companionsOf(inputs).map((companion) => addCompanion(companion, aside)));
  await putInPlace(aside, folder);
  const bytes = metafile?.outputs[relative(root, outfile)]?.bytes ?? 0;
  await writeRecord(
    record,
    settingsMark,
    bytes,
    [...inputs, ...more.flat()].map((input) => resolve(root, input)),
  );
  return { name, folder, bytes, made: true };
};

const addCompanion = async (companion: ReturnType<typeof companionsOf>[number], folder: string): Promise<readonly string[]> => {
  const { from, to } = companion.worker;
  const { metafile } = await build({ ...settings, entryPoints: [join(root, from)], outfile: join(folder, to) });
  return [...Object.keys(metafile?.inputs ?? {}), ...(await layPackage(companion, root, folder))];
};

/**
 * Several test files may bundle at once: what stands in the way, an older bundle or the same one of somebody faster, is moved aside whole
 * and only then removed, since removing is many steps.
 */
const putInPlace = async (aside: string, folder: string): Promise<void> => {
  const older = `${aside}.older`;
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(folder, older).catch(unless("ENOENT"));
      await rm(older, { recursive: true, force: true });
      return await rename(aside, folder);
    } catch (error) {
      if (attempt === 20) throw error;
      unless("ENOTEMPTY")(error);
    }
  }
};

const unless =
  (expected: string) =>
  (error: unknown): void => {
    if (!(error instanceof Error && "code" in error && error.code === expected)) throw error;
  };
