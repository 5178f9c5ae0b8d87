import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";

/**
 * One JSON line per event: `{ time, level, event, function, …facts }`. A fact called `level` replaces the level "info"; the other three
 * fields are ours and cannot be replaced. CloudWatch cuts lines at 256 KB: facts are small by contract.
 */
export const stdoutJournal = (
  source: string,
  clock: Clock,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Journal => ({
  tell: (event, facts) => {
    const { level = "info", time: _time, event: _event, function: _function, ...rest } = facts;
    write(`${JSON.stringify({ time: new Date(clock.now()).toISOString(), level, event, function: source, ...rest })}\n`);
  },
});
