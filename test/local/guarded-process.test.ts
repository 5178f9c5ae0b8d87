import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";

const module = join(import.meta.dirname, "../../infra/local/guarded-process.ts");

/** A zombie, dead but not yet collected by the machine's first process, counts as dead: its third field in /proc is Z. */
const alive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

it.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("what a process started ends with it when it is ended by %s", async (signal) => {
  const script = `
    import { spawnGuarded } from ${JSON.stringify(module)};
    const first = spawnGuarded("sleep", ["300"], { stdio: "ignore" });
    const second = spawnGuarded("sh", ["-c", "sleep 300 & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
    second.stdout.once("data", (grandchild) => console.log([first.pid, second.pid, Number(grandchild)].join(" ")));`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: parent.stdout }), "line");
  const pids = String(line).split(" ").map(Number);
  expect(pids.map(alive)).toEqual([true, true, true]);
  parent.kill(signal);
  await expect.poll(() => pids.map(alive)).toEqual([false, false, false]);
});
