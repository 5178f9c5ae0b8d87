import { hashOf } from "./random.ts";

/** What happened, in order: a digest always, readable lines where somebody wants to read them. */
export interface Trace {
  tell(who: string, what: string): void;
  answer(who: string, name: string, subject: string, value: unknown): void;
  digest(): string;
  readonly lines: readonly string[];
}

export const openTrace = (now: () => number, keep: boolean): Trace => {
  const lines: string[] = [];
  let [first, second] = [1, 2];
  let begun: number | undefined;
  const note = (text: string): void => {
    first = hashOf(text, first);
    second = hashOf(text, second ^ 0x5bd1e995);
  };
  const tell = (who: string, what: string): void => {
    begun ??= now();
    note(`${now()} ${who} ${what}`);
    if (keep) lines.push(`${((now() - begun) / 1000).toFixed(3).padStart(9)} ${who.padEnd(12)} ${what}`);
  };
  return {
    lines,
    tell,
    answer: (who, name, subject, value) => tell(who, `${name} ${subject}${keep ? ` → ${shortOf(value)}` : ""}`),
    digest: () => `${first.toString(16).padStart(8, "0")}${second.toString(16).padStart(8, "0")}`,
  };
};

const shortOf = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
