import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * Starts a process that cannot outlive this one. A Ctrl-C in the terminal does not reach it (it has its own process group): this
 * process decides when and in which order its children end. Should this process end first, however that happens (SIGKILL and crash
 * included), the watchdog kills them.
 */
export function spawnGuarded(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  const { pid } = child;
  if (pid !== undefined) {
    guarded.add(pid);
    tellWatchdog();
    child.once("exit", () => {
      guarded.delete(pid);
      tellWatchdog();
    });
  }
  return child;
}

const guarded = new Set<number>();
let watchdog: Writable | undefined;

// Each line it reads is the whole list of process groups to kill when its input ends, which the kernel sees to when this process is gone.
const script =
  'trap "" INT TERM HUP; groups=; while read -r line; do groups=$line; done; for group in $groups; do kill -s KILL -- "-$group"; done';

function tellWatchdog(): void {
  watchdog ??= startWatchdog();
  watchdog.write(`${[...guarded].join(" ")}\n`);
}

function startWatchdog(): Writable {
  const shell = spawn("/bin/sh", ["-c", script], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  shell.unref();
  // The pipe must not keep this process alive; Node's types do not say that it is a socket.
  if ("unref" in shell.stdin && typeof shell.stdin.unref === "function") shell.stdin.unref();
  shell.stdin.on("error", () => {});
  return shell.stdin;
}
