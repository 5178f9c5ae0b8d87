import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalCage } from "../../shared/adapters/cage/namespaces.ts";
import { bundleKey } from "../../shared/model/bundle.ts";
import { realCage } from "../support/cage.ts";
import { bundleOf } from "../support/render.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

describe("a chart that wants too much memory", () => {
  let cage: LocalCage;
  beforeAll(async () => {
    cage = await realCage({ memoryBytes: 800 * 1024 * 1024 });
  });
  afterAll(() => cage.close());

  const render = (template: string) => {
    const packed = bundleOf({ "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "templates/all.yaml": template });
    const bundles = [{ at: "", key: bundleKey(packed), packed }];
    const limits = { seconds: 30, outputBytes: 1_000_000 };
    return cage.run({ tenant: "default", tool: "helm", arguments: ["template", "web", "."], folder: "", bundles, files: [], limits });
  };

  it("is ended, and told from one that failed (F-13, G-10)", async () => {
    expect(await render('a: {{ repeat 900000000 "x" }}')).toEqual({ state: "killed", limit: "memory" });
  });

  it("leaves a cage that works", async () => {
    expect(await render('a: {{ repeat 3 "x" }}')).toMatchObject({ state: "done", output: expect.stringContaining("a: xxx") });
  });
});

describe("files that are more than the cage's disk holds", () => {
  let cage: LocalCage;
  beforeAll(async () => {
    cage = await realCage({ workBytes: 2 * 1024 * 1024 });
  });
  afterAll(() => cage.close());

  const render = (bytes: number) => {
    const chart = { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "templates/all.yaml": "a: b\n" };
    const packed = bundleOf({ ...chart, "files/large.txt": "x".repeat(bytes) });
    const bundles = [{ at: "", key: bundleKey(packed), packed }];
    const limits = { seconds: 30, outputBytes: 1_000_000 };
    return cage.run({ tenant: "default", tool: "helm", arguments: ["template", "web", "."], folder: "", bundles, files: [], limits });
  };

  // It was told as a cage that is not to be had, which is tried again for ever.
  it("are told from a cage that is away, and the next that fit are rendered", async () => {
    expect(await render(8 * 1024 * 1024)).toEqual({ state: "killed", limit: "disk" });
    expect(await render(10)).toMatchObject({ state: "done" });
  });
});

describe("where the kernel allows no namespaces", () => {
  it("says so before anything is rendered, how to allow them, and what --uncaged means", async () => {
    const script = `
      const { realCage } = await import("./test/support/cage.ts");
      const cage = await realCage();
      try { await cage.check(); console.log("started"); } catch (error) { console.log(error.code + ": " + error.message); }
      await cage.close();`;
    const forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
    const words = ["--user", "--map-root-user", "sh", "-c", forbid, "sh", process.execPath, "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)("unshare", words, { cwd: root });
    expect(stdout).toMatch(/^ConfigurationInvalid: The kernel does not let Fairlead make the namespaces/);
    expect(stdout).toContain("sysctl kernel.apparmor_restrict_unprivileged_userns=0");
    expect(stdout).toContain("sysctl kernel.unprivileged_userns_clone=1");
    expect(stdout).toContain("--uncaged");
  });

  it("starts and ends without a trace where they are allowed", async () => {
    const cage = await realCage();
    await expect(cage.check()).resolves.toBeUndefined();
    await cage.close();
  });
});
