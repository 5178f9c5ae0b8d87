import { type ChildProcess, spawn } from "node:child_process";
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

/** Runs one process to its end within limits of time and output, with its children. Never rejects. */
export const runTool = ({ program, arguments: given, folder, environment, limits }: ToolRun): Promise<CageAnswer> =>
  new Promise((answer) => {
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
      answer({ state: "refused", reason: `${program} cannot be started: ${error.message}` });
    });
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      // What it left running in the background would outlive the folder.
      killGroup(child);
      if (killed) return answer({ state: "killed", limit: killed });
      if (exitCode === 0) return answer({ state: "done", output: output.text() });
      const stderr = errors.text();
      return answer(
        ranOutOfMemory(signal, stderr) ? { state: "killed", limit: "memory" } : { state: "failed", exitCode: exitCode ?? -1, stderr },
      );
    });
  });

/** The kernel kills (SIGKILL), or a Go program finds that it gets no more and says so; its exit code 2 also means other things. */
const ranOutOfMemory = (signal: string | null, stderr: string): boolean =>
  signal === "SIGKILL" || /^(?:runtime: |fatal error: ).*(?:out of memory|cannot allocate memory)/m.test(stderr);

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
