import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { machineRoom } from "../../shared/adapters/cage/room.ts";

const limits = { seconds: 10, outputBytes: 1_000 };

describe("the cage's work folder", () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), "fairlead-room-"));
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  const room = (program = process.execPath) =>
    machineRoom({ base, tools: { kustomize: { program, arguments: ["-e"] }, helm: { program, arguments: [] } }, softMemoryBytes: 1e8 });

  it("starts without what an invocation left that crashed before it could clean up (G-16)", async () => {
    await mkdir(join(base, "run-1/work"), { recursive: true });
    await writeFile(join(base, "run-1/work/of-another-tenant"), "x");
    await room().withFolder(async (folder) => {
      expect(await readdir(base)).toEqual([folder.slice(base.length + 1)]);
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it("is gone when the run has failed, also with what a tool made unreadable", async () => {
    const made = room();
    const failing = made.withFolder(async (folder) => {
      const code = "const fs = require('fs'); fs.mkdirSync('locked'); fs.writeFileSync('locked/x', ''); fs.chmodSync('locked', 0)";
      await made.run({ tool: "kustomize", arguments: [code], folder, private: folder, limits });
      expect(existsSync(join(folder, "locked"))).toBe(true);
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await readdir(base)).toEqual([]);
  });

  it("leaves runs at the same time alone", async () => {
    const made = room();
    await made.withFolder(async (first) => {
      await made.withFolder(async (second) => expect(second).not.toBe(first));
      expect(existsSync(first)).toBe(true);
    });
  });

  it("is unavailable, not a broken chart, when its tool cannot be started", async () => {
    const made = room(join(base, "no-such-tool"));
    const run = made.withFolder((folder) => made.run({ tool: "helm", arguments: [], folder, private: folder, limits }));
    await expect(run).rejects.toMatchObject({ code: "CageUnavailable", retry: true });
  });
});
