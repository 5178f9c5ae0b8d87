import { describe, expect, it } from "vitest";
import { stdoutJournal } from "../../../shared/adapters/journal/stdout.ts";

const linesOf = (tell: (journal: ReturnType<typeof stdoutJournal>) => void) => {
  const lines: string[] = [];
  tell(stdoutJournal("sync", { now: () => Date.UTC(2026, 7, 1, 12) }, (line) => void lines.push(line)));
  return lines;
};

describe("the journal on standard output", () => {
  it("writes one JSON line per event with time, level, event and function first", () => {
    const lines = linesOf((journal) => journal.tell("applied", { application: "shop", text: "two\nlines" }));
    expect(lines).toEqual([
      '{"time":"2026-08-01T12:00:00.000Z","level":"info","event":"applied","function":"sync","application":"shop","text":"two\\nlines"}\n',
    ]);
  });

  it("lets a fact set the level, and none replace time, event or function", () => {
    const [line = ""] = linesOf((journal) => journal.tell("failed", { level: "error", time: "never", event: "other", function: "other" }));
    expect(JSON.parse(line)).toEqual({ time: "2026-08-01T12:00:00.000Z", level: "error", event: "failed", function: "sync" });
  });
});
