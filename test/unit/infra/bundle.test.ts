import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleFunctions } from "../../../infra/bundling/bundle-functions.ts";

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "bundle-"));
  // Packages are found from the sources upwards, as in the repository.
  await symlink(resolve("node_modules"), join(work, "node_modules"));
});
afterEach(() => rm(work, { recursive: true }));

const functionOf = async (name: string, code: string) => {
  await mkdir(join(work, "functions", name), { recursive: true });
  await writeFile(join(work, "functions", name, "lambda.ts"), code);
};
const bundle = (out = "dist") => bundleFunctions({ source: join(work, "functions"), out: join(work, out, "functions") });
const digest = async (file: string) =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");

const greeting =
  'import * as z from "zod/mini";\nexport const handler = async (event: unknown): Promise<string> => z.parse(z.string(), event);\n';

describe("bundling functions", () => {
  it("makes one module per function that runs where no packages are", async () => {
    await functionOf("echo", greeting);
    await mkdir(join(work, "functions/not-a-function"));
    const [made, ...others] = await bundle();
    expect(others).toEqual([]);
    expect(made).toMatchObject({ name: "echo", made: true });

    const elsewhere = await mkdtemp(join(tmpdir(), "bundle-run-"));
    await cp(made?.folder ?? "", elsewhere, { recursive: true });
    const { handler } = await import(join(elsewhere, "index.mjs"));
    await rm(elsewhere, { recursive: true });
    expect(await handler("hello")).toBe("hello");
    await expect(handler(5)).rejects.toThrow();
  });

  it("gives the same bytes for the same sources", async () => {
    await functionOf("echo", greeting);
    await bundle("one");
    await bundle("two");
    expect(await digest(join(work, "two/functions/echo/index.mjs"))).toBe(await digest(join(work, "one/functions/echo/index.mjs")));
  });

  it("keeps what has not changed and makes anew what has", async () => {
    await functionOf("echo", greeting);
    await functionOf("other", "export const handler = async () => 1;\n");
    await bundle();
    expect((await bundle()).map(({ made }) => made)).toEqual([false, false]);

    await functionOf("echo", greeting.replace("string()", "number()"));
    await utimes(join(work, "functions/echo/lambda.ts"), 1, 1);
    expect((await bundle()).map(({ name, made }) => [name, made])).toEqual([
      ["echo", true],
      ["other", false],
    ]);

    await rm(join(work, "dist/functions/other"), { recursive: true });
    expect((await bundle()).map(({ made }) => made)).toEqual([false, true]);
  });

  it("can be done by several at once", async () => {
    await functionOf("echo", greeting);
    await Promise.all(Array.from({ length: 8 }, () => bundle()));
    expect((await readdir(join(work, "dist/functions"))).toSorted()).toEqual(["echo"]);
    expect((await readdir(join(work, "dist/functions/echo"))).toSorted()).toEqual(["index.mjs", "index.mjs.map"]);
    const { handler } = await import(join(work, "dist/functions/echo/index.mjs"));
    expect(await handler("hello")).toBe("hello");
  });

  it("brings the native Git library along for the function that uses it, and for no other", async () => {
    await functionOf("clone", 'import { openRepository } from "es-git";\nexport const handler = async () => typeof openRepository;\n');
    await functionOf("echo", greeting);
    const [clone, echo] = await bundle();
    expect((await readdir(echo?.folder ?? "")).toSorted()).toEqual(["index.mjs", "index.mjs.map"]);
    expect((await readdir(clone?.folder ?? "")).filter((file) => file.endsWith(".node"))).toHaveLength(1);

    const elsewhere = await mkdtemp(join(tmpdir(), "bundle-run-"));
    await cp(clone?.folder ?? "", elsewhere, { recursive: true });
    const program = 'import("./index.mjs").then(async ({ handler }) => console.log(await handler()))';
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { cwd: elsewhere });
    await rm(elsewhere, { recursive: true });
    expect(stdout).toBe("function\n");
  });

  it("brings jq along, with its thread, for the function that uses it", async () => {
    const adapter = JSON.stringify(resolve("shared/adapters/jq/jq.ts"));
    await functionOf(
      "ignore",
      `import { openJq } from ${adapter};\nexport const handler = async () => openJq().paths(".a[1:]", { a: [1, 2] });\n`,
    );
    const [ignore] = await bundle();
    expect((await bundle()).map(({ made }) => made)).toEqual([false]);

    const elsewhere = await mkdtemp(join(tmpdir(), "bundle-run-"));
    await cp(ignore?.folder ?? "", elsewhere, { recursive: true });
    const program = 'import("./index.mjs").then(async ({ handler }) => console.log(JSON.stringify(await handler())))';
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { cwd: elsewhere });
    await rm(elsewhere, { recursive: true });
    expect(JSON.parse(stdout)).toEqual({ state: "paths", paths: [["a", { start: 1, end: null }]] });
  });

  it("bundles ssh2 without its optional native helpers", async () => {
    await functionOf("ssh", 'import ssh2 from "ssh2";\nexport const handler = async () => typeof ssh2.Client;\n');
    const [ssh] = await bundle();
    expect((await readdir(ssh?.folder ?? "")).toSorted()).toEqual(["index.mjs", "index.mjs.map"]);
    const { handler } = await import(join(ssh?.folder ?? "", "index.mjs"));
    expect(await handler()).toBe("function");
  });

  it("names file and line of what cannot be bundled", async () => {
    await functionOf("broken", "export const handler = async () => ;\n");
    await expect(bundle()).rejects.toThrow(/broken\/lambda\.ts:1:35/);
  });
});
