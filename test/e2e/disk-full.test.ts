import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newNamespace, type TestControlPlane, testControlPlane } from "../support/control-plane.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

describe("functions whose /tmp is too small for a commit", () => {
  let cluster: TestControlPlane;
  let namespace: string;
  let folder: string;
  beforeAll(async () => {
    cluster = await testControlPlane();
    namespace = await newNamespace(cluster, "disk");
    folder = await mkdtemp(join(tmpdir(), "fairlead-full-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("say so, sync what fits, and go on with the next commit that does", async () => {
    const mounted = `mount -t tmpfs -o size=8m tmpfs "$0" && exec "$@"`;
    const stack = [process.execPath, "test/support/small-disk.ts", folder, cluster.kubeconfig, namespace];
    const words = ["--user", "--map-root-user", "--mount", "sh", "-c", mounted, folder, ...stack];
    const { stdout } = await promisify(execFile)("unshare", words, { cwd: root });
    const [reason, ...seen] = stdout.trim().split("\n");
    expect(reason).toContain("There is no room left on this function's disk for http");
    expect(seen).toEqual(["what fits is synced", "the next commit is synced"]);
  }, 300_000);
});
