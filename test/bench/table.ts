import type { BenchResult } from "./result.ts";

/** One line per figure, for people. */
export const tableOf = (results: readonly BenchResult[]): string => {
  const rows = results.flatMap((result) => [
    [result.name, "ours", `${result.ours.median} (${result.ours.min}–${result.ours.max})`, result.unit],
    ...Object.entries(result.others).map(([other, spread]) => ["", other, `${spread.median} (${spread.min}–${spread.max})`, ""]),
    ...result.goals.map(({ text, measured, met }) => ["", met ? "✓" : "✗", `${measured}`, text]),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
