import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** npm hands a Ctrl-C on to us that the terminal has sent us already: signals this close together are one. Milliseconds. */
const sameSignal = 500;

/**
 * Calls back once, when somebody wants this process to end: by Ctrl-C, SIGTERM, a terminal that is closed, or by ending npm which started it.
 * A second Ctrl-C ends it at once; what it started ends with it.
 */
export const onEnding = (end: () => void): void => {
  let first: number | undefined;
  const ask = () => {
    if (first === undefined) {
      first = Date.now();
      end();
    } else if (Date.now() - first > sameSignal) {
      process.exit(130);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, ask);
  // Nobody reads any more.
  process.stdout.on("error", ask);
  if (process.env.npm_lifecycle_event !== undefined) void watchParents(ask);
};

/** npm and the shell between us: killed, they can tell us nothing. */
const watchParents = async (gone: () => void): Promise<void> => {
  const before = await ancestors();
  for (;;) {
    await delay(1_000, undefined, { ref: false });
    if ((await ancestors()) === before) continue;
    return gone();
  }
};

const ancestors = async (): Promise<string> => `${process.ppid} ${await parentOf(process.ppid)}`;

/** The fourth field of stat; the second one, in parentheses, may hold blanks. */
const parentOf = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? "";
};
