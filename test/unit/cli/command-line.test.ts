import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { commands } from "../../../cli/commands.ts";
import { columns, oneLine } from "../../../cli/layout.ts";
import { openStack } from "./world.ts";

describe("the command line", () => {
  it("shows all commands without one", async () => {
    const { fairlead } = await openStack();
    const { out, exitCode } = await fairlead("");
    expect(exitCode).toBe(0);
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^  ${name} .*${summary}$`, "m"));
  });

  it.each(commands.map(({ name }) => name))("has help for %s", async (name) => {
    const { fairlead } = await openStack();
    const { out, exitCode } = await fairlead(`${name} --help`);
    expect(exitCode).toBe(0);
    expect(out).toContain(`Usage: fairlead ${name} `);
    expect(out).toMatch(/^ {2}--json +print JSON for programs$/m);
  });

  it.each([
    ["an unknown command", "stauts", "fairlead: there is no command stauts; did you mean fairlead status?"],
    ["half a command", "local stop", "fairlead: there is no command local stop; fairlead --help lists them"],
    ["a missing argument", "sync", "fairlead sync: APPLICATION is missing\nUsage: fairlead sync APPLICATION [OPTIONS]"],
    ["a word too many", "sync web api", "fairlead sync: api is one word too many\nUsage: fairlead sync APPLICATION [OPTIONS]"],
    ["an unknown option", "status --colour", "fairlead status: Unknown option '--colour'\nUsage: fairlead status [APPLICATION] [OPTIONS]"],
    [
      "a time that is none",
      "sync web --timeout soon",
      "fairlead sync: --timeout takes a number of seconds\nUsage: fairlead sync APPLICATION [OPTIONS]",
    ],
  ])("ends with 2 for %s", async (_, line, error) => {
    const { fairlead } = await openStack();
    expect(await fairlead(line)).toEqual({ out: "", error, exitCode: 2 });
  });
});

describe("the layout", () => {
  it("keeps columns in line and ends no line with blanks", () => {
    expect(
      columns([
        ["A", "NAME", "X"],
        ["1", "café", ""],
        ["22", "b", "y"],
      ]),
    ).toBe("A   NAME  X\n1   café\n22  b     y");
  });

  it("shortens long texts", () => {
    expect(oneLine("x".repeat(10), 5)).toBe("xxxx…");
  });
});

describe("the program", () => {
  const empty = mkdtempSync(join(tmpdir(), "fairlead-cli-"));
  afterAll(() => rmSync(empty, { recursive: true, force: true }));
  const launcher = fileURLToPath(new URL("../../../cli/fairlead.mjs", import.meta.url));

  it("says how to start a stack where none runs", () => {
    const { stderr, status } = spawnSync(process.execPath, [launcher, "status"], { cwd: empty, encoding: "utf8" });
    expect([stderr, status]).toEqual([
      "fairlead: no local stack runs here; start one with npm start, and run this in the same folder, or say where it keeps its state: --folder DIR\n",
      1,
    ]);
  });

  it("looks for it in the folder that it is given, and nowhere else", () => {
    const { stderr, status } = spawnSync(process.execPath, [launcher, "status", "--folder", "trial"], { cwd: empty, encoding: "utf8" });
    expect([stderr, status]).toEqual(["fairlead: no local stack keeps its state in trial; give the folder that npm start has\n", 1]);
  });
});
