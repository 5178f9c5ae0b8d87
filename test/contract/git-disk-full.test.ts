import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Reads a commit that is larger than the disk, then a small one of the same repository; prints a line each. */
const script = `
  import { randomBytes } from "node:crypto";
  const { makeRepository, withPassword } = await import("./test/support/git-repository.ts");
  const { startGitHost } = await import("./infra/local/git-host/start.ts");
  const { createGit } = await import("./shared/adapters/git/git.ts");
  const [small, elsewhere] = process.argv.slice(-2);
  const login = { username: "captain", password: "a password" };
  const host = await startGitHost({ folder: elsewhere, credentials: login, onPush: () => {} });
  await host.createRepository("team/web");
  const repository = await makeRepository({ "large.bin": randomBytes(6_000_000) });
  const large = (await repository.git("rev-parse", "HEAD")).trim();
  const little = await repository.commit({ "large.bin": null, "web.yaml": "a: b" });
  await repository.push(withPassword(host.httpUrl("team/web"), login));
  const git = createGit({ folder: small });
  const access = { url: host.httpUrl("team/web"), credentials: { kind: "basic", ...login } };
  for (const sha of [large, little]) {
    try { console.log("read", (await git.snapshot(access, { sha })).commit.sha === sha); }
    catch (error) { console.log(error.code, error.retry, error.message); }
  }
  await repository.remove();
  await host.stop();
  process.exit(0);`;

describe("a disk that is too small for a commit", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-disk-"));
    await mkdir(join(folder, "small"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // It read "what came is not a whole pack", as if the Git host were to blame.
  it("is named as what it is, worth another try, and serves what fits", async () => {
    const mounted = `mount -t tmpfs -o size=3m tmpfs "$0/small" && exec "$@" "$0/small" "$0/git"`;
    const words = ["--user", "--map-root-user", "--mount", "sh", "-c", mounted, folder];
    const node = [process.execPath, "--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)("unshare", [...words, ...node], { cwd: root });
    const [first, second] = stdout.trim().split("\n");
    expect(first).toMatch(/^DiskFull true There is no room left on this function's disk for http.*team\/web\.git: /);
    expect(second).toBe("read true");
  });
});
