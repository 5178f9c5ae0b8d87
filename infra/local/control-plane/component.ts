import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { spawnGuarded } from "../guarded-process.ts";
import type { ProgramName } from "./programs.ts";

/** One running program of a control plane. It is started again when it ends without being told to. */
export interface Component {
  readonly name: ProgramName;
  /** Ends with an Error that shows the program's last words when it ends although nobody asked; never fulfils. */
  readonly failed: Promise<never>;
  /** Asks it to end, and insists after `patience` milliseconds (default: at once). */
  stop(patience?: number): Promise<void>;
}

interface Program {
  readonly name: ProgramName;
  readonly path: string;
  readonly args: readonly string[];
  /** What it prints goes here. */
  readonly log: string;
}

/** How long to wait before a program that ended by itself is started again. Milliseconds. */
const restartAfter = 1_000;

export function startComponent(program: Program): Component {
  let wanted = true;
  let child = launch(program, "w");
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Looked at during the start only; later ends are healed by starting again.
  failed.catch(() => {});

  const watch = (running: ChildProcess) => {
    running.once("error", fail);
    running.once("exit", async (code, signal) => {
      if (!wanted) return;
      fail(
        new Error(
          `${program.name} ended (${signal ?? `exit code ${code}`}); its last lines in ${program.log}:\n${await lastLines(program.log)}`,
        ),
      );
      await delay(restartAfter, undefined, { ref: false });
      if (!wanted) return;
      child = launch(program, "a");
      watch(child);
    });
  };
  watch(child);

  return {
    name: program.name,
    failed,
    stop: (patience = 0) => {
      wanted = false;
      return end(child, patience);
    },
  };
}

function launch({ path, args, log }: Program, mode: "w" | "a"): ChildProcess {
  const output = openSync(log, mode, 0o600);
  try {
    // An empty environment: proxies and Kubernetes settings of the user's shell must not reach it.
    const child = spawnGuarded(path, args, { stdio: ["ignore", output, output], env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent" } });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

async function end(child: ChildProcess, patience: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.ref();
  if (patience > 0) {
    child.kill("SIGTERM");
    await Promise.race([ended, delay(patience, undefined, { ref: false })]);
  }
  child.kill("SIGKILL");
  await ended;
}

async function lastLines(log: string): Promise<string> {
  const text = await readFile(log, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-12).join("\n");
}
