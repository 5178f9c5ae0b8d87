import type { CommitFacts } from "../model/operation.ts";

/** The state item is written at every step, and a write bills all of it: what other people wrote is cut to these many characters. */
const characters = { reason: 800, commitMessage: 400, author: 100, warning: 200 } as const;

/** Sentences in the state item; all of them stand with the render's output. */
const warningsKept = 5;

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Why something failed: a server's or a tool's own words may be as long as they like. */
export const smallReason = (reason: string): string => cut(reason, characters.reason);

/** A commit's message may be as long as a book. */
export const smallCommit = ({ sha, author, message, committedAt }: CommitFacts) => ({
  sha,
  author: cut(author, characters.author),
  message: cut(message, characters.commitMessage),
  committedAt,
});

export const smallWarnings = (warnings: readonly string[]): readonly string[] =>
  [...new Set(warnings)].slice(0, warningsKept).map((warning) => cut(warning, characters.warning));
