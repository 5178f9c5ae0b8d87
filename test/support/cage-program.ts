import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** The cage's program in one file, as the local stack packages it. */
export const cageProgram = async (): Promise<string> => {
  const outfile = join(await mkdtemp(join(tmpdir(), "fairlead-cage-program-")), "cage.mjs");
  await build({
    entryPoints: [new URL("../../functions/cage/stdio.ts", import.meta.url).pathname],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
  });
  return outfile;
};
