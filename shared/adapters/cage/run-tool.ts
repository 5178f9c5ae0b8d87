import { type ChildProcess, spawn } from "node:child_process";
import { Failure } from "../../model/failure.ts";
import type { CageAnswer, CageLimits } from "../../ports/cage.ts";

export interface ToolRun {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** All of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: CageLimits;
}

/** Enough for any error that people will read. */
const maxErrorBytes = 64 * 1024;

/** Runs one process to its end within limits of time and output, with its children. Throws CageUnavailable when it cannot be started. */
export const runTool = ({ program, arguments: given, folder, environment, limits }: ToolRun): Promise<CageAnswer> =>
  new Promise((answer, fail) => {
    const child = spawn(program, given, { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const output = collector();
    const errors = collector();
    let killed: "time" | "output" | undefined;
    const kill = (limit: "time" | "output"): void => {
      killed ??= limit;
      killGroup(child);
    };
    const timer = setTimeout(() => kill("time"), limits.seconds * 1000);
    child.stdout.on("data", (chunk: Buffer) => {
      if (output.add(chunk) > limits.outputBytes) kill("output");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (errors.size() < maxErrorBytes) errors.add(chunk);
    });
    child.on("error", (error) => {
      clearTimeout(timer);
      fail(new Failure("CageUnavailable", program, `${program} cannot be started: ${error.message}`, { cause: error }));
    });
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      // What it left running in the background would outlive the folder.
      killGroup(child);
      if (killed) return answer({ state: "killed", limit: killed });
      if (exitCode === 0) return answer({ state: "done", output: output.text() });
      const stderr = errors.text();
      if (ranOutOfMemory(signal, stderr)) return answer({ state: "killed", limit: "memory" });
      return answer(
        /no space left on device/.test(stderr) ? { state: "killed", limit: "disk" } : { state: "failed", exitCode: exitCode ?? -1, stderr },
      );
    });
  });

/**
 * The kernel kills (SIGKILL), or a Go program that is given no more memory says so or crashes inside its own runtime: a line that begins with SIGSEGV
 * is that, while a mistake in the program itself begins with `panic`. Its exit code, 2, says nothing.
 */
const ranOutOfMemory = (signal: string | null, stderr: string): boolean =>
  signal === "SIGKILL" || /^SIGSEGV: |^(?:runtime: |fatal error: ).*(?:out of memory|cannot allocate memory)/m.test(stderr);

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nobody is left in the group.
  }
};

const collector = () => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    add: (chunk: Buffer): number => {
      chunks.push(chunk);
      bytes += chunk.length;
      return bytes;
    },
    size: () => bytes,
    text: () => Buffer.concat(chunks).toString("utf8"),
  };
};
