import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The user's own Git settings must not change what the local Git host and its repositories do. */
export const gitEnvironment = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
} as const;

/** Runs git in a folder and answers what it printed; rejects with what it complained about. */
export async function git(folder: string, args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)("git", [...args], {
    cwd: folder,
    env: { ...gitEnvironment, ...environment },
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}
