import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localTools } from "../../infra/local/tools.ts";
import type { LocalCage } from "../../shared/adapters/cage/namespaces.ts";
import type { CageAnswer } from "../../shared/ports/cage.ts";
import { realCage } from "../support/cage.ts";
import { bundleOf, type Files } from "../support/render.ts";

/** Instead of kustomize: a tool that does whatever the request says. No chart can do as much; if this cannot get out, nothing can. */
const probe = `#!/cage/node
const run = new Function("require", "return (async () => {" + process.argv[3] + "})()");
run(require).then((found) => process.stdout.write(JSON.stringify(found ?? null)), (error) => { console.error(error.message); process.exit(1); });
`;

describe("whoever takes over a tool in the cage", () => {
  let cage: LocalCage;
  let folder: string;
  let server: Server;
  const outside = "FAIRLEAD_TEST_SECRET";
  const secret = "AWS_SECRET_ACCESS_KEY";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-probe-"));
    const program = join(folder, "probe");
    await writeFile(program, probe);
    await chmod(program, 0o755);
    await writeFile(join(folder, "outside"), outside);
    process.env[secret] = outside;
    cage = await realCage({ tools: { ...(await localTools()), kubectl: program } });
    server = createServer((_, response) => response.end("reached"));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  afterAll(async () => {
    delete process.env[secret];
    await cage.close();
    await rm(folder, { recursive: true, force: true });
    await new Promise((closed) => server.close(closed));
  });

  const attempt = (
    code: string,
    { tenant = "a", files = {} }: { readonly tenant?: string; readonly files?: Files } = {},
  ): Promise<CageAnswer> =>
    cage.run({
      tenant,
      tool: "kustomize",
      arguments: [code],
      folder: "",
      bundles: [{ at: "", key: "bundles/probe", packed: bundleOf(files) }],
      files: [],
      limits: { seconds: 20, outputBytes: 1_000_000 },
    });
  const found = async (code: string, tenant = "a"): Promise<unknown> => {
    const answer = await attempt(code, { tenant });
    if (answer.state !== "done") throw new Error(JSON.stringify(answer));
    return JSON.parse(answer.output);
  };

  it("sees its own files", async () => {
    expect(await attempt(`return require("fs").readFileSync("mine.txt", "utf8")`, { files: { "mine.txt": "mine" } })).toMatchObject({
      output: '"mine"',
    });
  });

  it("reaches no network, not even this machine's, its metadata service or a name server (G-04, G-05)", async () => {
    const { port } = server.address() as AddressInfo;
    const reach = (url: string) =>
      found(`try { return (await fetch("${url}")).status } catch (error) { return error.cause?.code ?? error.message }`);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(await reach(`http://127.0.0.1:${port}/`)).toBe("ENETUNREACH");
    expect(await reach(`http://[::1]:${port}/`)).toMatch(/ENETUNREACH|EADDRNOTAVAIL/);
    expect(await reach("http://169.254.169.254/latest/meta-data/")).toBe("ENETUNREACH");
    expect(await reach("http://example.com/")).toMatch(/EAI_AGAIN|ENOTFOUND/);
    expect(await found(`return Object.keys(require("os").networkInterfaces())`)).toEqual([]);
  });

  it("finds nothing in its environment but four settings of ours (G-17)", async () => {
    expect(process.env[secret]).toBe(outside);
    expect(await found(`return Object.keys(process.env).sort()`)).toEqual(["GOGC", "GOMEMLIMIT", "HOME", "TMPDIR"]);
  });

  it("sees no other process and no environment of one, for there is no /proc (G-08)", async () => {
    const read = (path: string) =>
      found(`try { return require("fs").readFileSync("${path}", "latin1") } catch (error) { return error.code }`);
    for (const path of ["/proc/self/environ", "/proc/1/environ", `/proc/${process.pid}/environ`, "/proc/net/tcp"])
      expect(await read(path)).toBe("ENOENT");
    expect(await found(`try { process.kill(${process.pid}, 0); return "seen" } catch (error) { return error.code }`)).toBe("ESRCH");
  });

  it("finds no file of this machine: not the one beside its program, no home, no /etc, no /tmp (G-06, G-08)", async () => {
    const list = (path: string) => found(`try { return require("fs").readdirSync("${path}") } catch (error) { return error.code }`);
    for (const path of [folder, "/etc", "/tmp", "/var/task", "/home", "/root", process.cwd()]) expect(await list(path)).toBe("ENOENT");
    expect(await list("/old")).toEqual([]);
    expect(await list("/")).toEqual(expect.not.arrayContaining(["etc", "home", "root", "sys", "tmp", "var"]));
  });

  it("can write nowhere but into its work folder", async () => {
    const write = (path: string) =>
      found(`try { require("fs").writeFileSync("${path}", "x"); return "written" } catch (error) { return error.code }`);
    for (const path of ["/cage/helm", "/cage/program.mjs", "/lib/x", "/x", "/dev/x"]) expect(await write(path)).toBe("EROFS");
    expect(await write("/old/x")).toMatch(/EROFS|ENOENT/);
    expect(await write("here")).toBe("written");
  });

  it("has no capability left, though it looks like root to itself", async () => {
    const tries = `const fs = require("fs"); fs.writeFileSync("locked", "x"); fs.chmodSync("locked", 0);
      const codes = [process.getuid()];
      try { fs.readFileSync("locked"); codes.push("root reads everything") } catch (error) { codes.push(error.code) }
      try { process.setgroups([1]); codes.push("root changes groups") } catch (error) { codes.push(error.code) }
      return codes`;
    expect(await found(tries)).toEqual([0, "EACCES", "EPERM"]);
  });

  it("leaves nothing behind for the next run, whether it did well, failed, was ended or left a process (G-16)", async () => {
    const leave = `const fs = require("fs"); for (const path of ["/work/left", process.env.HOME + "/left", process.env.TMPDIR + "/left"]) fs.writeFileSync(path, "x");`;
    const look = `const { execFileSync } = require("child_process"); const fs = require("fs");
      const walk = (at) => fs.readdirSync(at, { withFileTypes: true }).flatMap((entry) => entry.isDirectory() ? walk(at + "/" + entry.name) : [at + "/" + entry.name]);
      return walk("/work")`;
    const background = `require("child_process").spawn(process.execPath, ["-e", "setInterval(() => require('fs').writeFileSync('/work/left', 'x'), 20)"], { stdio: "ignore" }).unref();`;
    expect(await attempt(`${leave}`)).toMatchObject({ state: "done" });
    expect(await found(look)).toEqual([]);
    expect(await attempt(`${leave} throw new Error("on purpose")`)).toMatchObject({ state: "failed" });
    expect(await found(look)).toEqual([]);
    expect(await attempt(`${leave} process.kill(process.pid, "SIGKILL")`)).toMatchObject({ state: "killed" });
    expect(await found(look)).toEqual([]);
    expect(await attempt(background)).toMatchObject({ state: "done" });
    await found(`await new Promise((later) => setTimeout(later, 100))`);
    expect(await found(look)).toEqual([]);
  });

  it("shares no folder, process or name with another tenant (G-16)", async () => {
    const waiting = attempt(
      `require("fs").writeFileSync("/work/of-a", "x"); await new Promise((later) => setTimeout(later, 1500)); return "a"`,
    );
    expect(
      await found(
        `await new Promise((later) => setTimeout(later, 300)); return require("fs").readdirSync("/work").filter((name) => name.startsWith("of-"))`,
        "a",
      ),
    ).toEqual(["of-a"]);
    expect(await found(`return require("fs").readdirSync("/work").filter((name) => name.startsWith("of-"))`, "b")).toEqual([]);
    expect(await waiting).toMatchObject({ state: "done" });
  });

  it("brings down at most its own tenant's cage, which is started again", async () => {
    // The program is process 1 in its namespace and cannot be killed from inside; filling the disk is the next best.
    await attempt(`const fs = require("fs"); for (let i = 0; ; i++) fs.writeFileSync("fill" + i, Buffer.alloc(1e7))`);
    expect(await found(`process.kill(1, "SIGKILL"); return "still here"`)).toBe("still here");
    expect(await found(`return "b works"`, "b")).toBe("b works");
    expect(await found(`return "a works"`, "a")).toBe("a works");
  });
});
