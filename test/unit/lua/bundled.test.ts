import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, it } from "vitest";

// Went wrong: fengari says that its modules have no effects, a bundle left an import out, and the functions did not start.
it("runs Lua in a bundle as it does from its sources", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-lua-"));
  try {
    const outfile = join(folder, "bundle.mjs");
    const script = "return {1024 * 1024 * 1024 * 4 .. '', ('x'):upper(), #obj.list}";
    await build({
      stdin: {
        contents: `import { runLua } from "./shared/lua/run-lua.ts";
          console.log(JSON.stringify(runLua({ source: "test", lua: ${JSON.stringify(script)} }, { obj: { list: [1, 2] }, now: () => 0 })));`,
        resolveDir: process.cwd(),
        loader: "ts",
      },
      bundle: true,
      format: "esm",
      platform: "node",
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      outfile,
      logLevel: "silent",
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile]);
    expect(JSON.parse(stdout)).toEqual(["4294967296", "X", 2]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
