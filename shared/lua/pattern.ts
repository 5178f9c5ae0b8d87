/**
 * Lua's patterns over bytes, our own so that each step is counted: a pattern like `(.-)(.-)(.-)x` takes a native matcher for ever.
 * The rules are those of Lua's reference manual, §6.4.1.
 */

import { inClass, inSet } from "./character-class.ts";

/** A part that was captured: its bytes' bounds, or a position (`()`). */
export type Capture = { readonly from: number; readonly to: number } | { readonly position: number };

export interface Match {
  readonly from: number;
  readonly to: number;
  readonly captures: readonly Capture[];
}

/** Ends the search with a sentence about the pattern. */
export class PatternProblem extends Error {}

interface Open {
  readonly from: number;
  /** -1 while it is open, -2 for a position. */
  readonly to: number;
}

interface Search {
  readonly text: Uint8Array;
  readonly pattern: Uint8Array;
  /** Counts a step; throws when there are too many. */
  readonly step: () => void;
  captures: readonly Open[];
  depth: number;
}

const code = (character: string): number => character.charCodeAt(0);
const [PERCENT, DOLLAR, CARET, DOT, STAR, PLUS, MINUS, QUESTION] = [..."%$^.*+-?"].map(code);
const [LEFT, RIGHT, OPEN, CLOSE, B, F] = [..."()[]bf"].map(code);
const [mostCaptures, mostDepth] = [32, 200];
/** All of it is looked through for each byte of a text. Bytes. */
const longestSet = 1_000;

/** The first match at or after `start`. `text` and `pattern` are bytes; `anchored` patterns match at `start` only. */
export const findMatch = (text: Uint8Array, pattern: Uint8Array, start: number, step: () => void): Match | undefined => {
  const anchored = pattern[0] === CARET;
  for (let from = start; from <= text.length; from++) {
    const found = matchAt(text, anchored ? pattern.subarray(1) : pattern, from, step);
    if (found || anchored) return found;
  }
  return undefined;
};

export const matchAt = (text: Uint8Array, pattern: Uint8Array, from: number, step: () => void): Match | undefined => {
  const search: Search = { text, pattern, step, captures: [], depth: 0 };
  const to = match(search, from, 0);
  return to < 0 ? undefined : { from, to, captures: search.captures.map(finished) };
};

const finished = ({ from, to }: Open): Capture => {
  if (to === -1) throw new PatternProblem("unfinished capture");
  return to === -2 ? { position: from + 1 } : { from, to };
};

/** Where the rest of the pattern ends when it matches at `at`, -1 when it does not. */
const match = (search: Search, at: number, next: number): number => {
  if (++search.depth > mostDepth) throw new PatternProblem("pattern too complex");
  try {
    return matchRest(search, at, next);
  } finally {
    search.depth--;
  }
};

const matchRest = (search: Search, begin: number, first: number): number => {
  const { text, pattern, step } = search;
  let [at, next] = [begin, first];
  while (next < pattern.length) {
    step();
    const here = pattern[next];
    if (here === LEFT) return openCapture(search, at, next);
    if (here === RIGHT) return closeCapture(search, at, next);
    if (here === DOLLAR && next + 1 === pattern.length) return at === text.length ? at : -1;
    if (here === PERCENT) {
      const kind = pattern[next + 1];
      if (kind === B) {
        at = balanced(search, at, next + 2);
        if (at < 0) return -1;
        next += 4;
        continue;
      }
      if (kind === F) {
        if (pattern[next + 2] !== OPEN) throw new PatternProblem("missing '[' after '%f' in pattern");
        const end = classEnd(pattern, next + 2);
        const [before, after] = [at === 0 ? 0 : (text[at - 1] ?? 0), text[at] ?? 0];
        if (inSet(pattern, next + 2, end, before) || !inSet(pattern, next + 2, end, after)) return -1;
        next = end;
        continue;
      }
      if (kind !== undefined && kind >= 48 && kind <= 57) {
        at = again(search, at, kind - 49);
        if (at < 0) return -1;
        next += 2;
        continue;
      }
    }
    const end = classEnd(pattern, next);
    const suffix = pattern[end];
    if (suffix === STAR) return longest(search, at, next, end, 0);
    if (suffix === PLUS) return longest(search, at, next, end, 1);
    if (suffix === MINUS) return shortest(search, at, next, end);
    const fits = single(search, at, next, end);
    if (suffix === QUESTION) {
      if (fits) {
        const to = match(search, at + 1, end + 1);
        if (to >= 0) return to;
      }
      next = end + 1;
      continue;
    }
    if (!fits) return -1;
    at++;
    next = end;
  }
  return at;
};

const openCapture = (search: Search, at: number, next: number): number => {
  const position = search.pattern[next + 1] === RIGHT;
  const before = search.captures;
  if (before.length >= mostCaptures) throw new PatternProblem("too many captures");
  search.captures = [...before, { from: at, to: position ? -2 : -1 }];
  const to = match(search, at, next + (position ? 2 : 1));
  if (to < 0) search.captures = before;
  return to;
};

const closeCapture = (search: Search, at: number, next: number): number => {
  const before = search.captures;
  const index = before.findLastIndex(({ to }) => to === -1);
  if (index < 0) throw new PatternProblem("invalid pattern capture");
  search.captures = before.map((capture, each) => (each === index ? { from: capture.from, to: at } : capture));
  const to = match(search, at, next + 1);
  if (to < 0) search.captures = before;
  return to;
};

const longest = (search: Search, at: number, next: number, end: number, least: number): number => {
  let count = 0;
  while (single(search, at + count, next, end)) {
    search.step();
    count++;
  }
  for (; count >= least; count--) {
    const to = match(search, at + count, end + 1);
    if (to >= 0) return to;
  }
  return -1;
};

const shortest = (search: Search, begin: number, next: number, end: number): number => {
  for (let at = begin; ; at++) {
    search.step();
    const to = match(search, at, end + 1);
    if (to >= 0) return to;
    if (!single(search, at, next, end)) return -1;
  }
};

const balanced = (search: Search, at: number, next: number): number => {
  const { text, pattern } = search;
  const [open, close] = [pattern[next], pattern[next + 1]];
  if (close === undefined) throw new PatternProblem("missing arguments to '%b'");
  if (text[at] !== open) return -1;
  let depth = 1;
  for (let each = at + 1; each < text.length; each++) {
    search.step();
    if (text[each] === close) {
      if (--depth === 0) return each + 1;
    } else if (text[each] === open) depth++;
  }
  return -1;
};

const again = (search: Search, at: number, index: number): number => {
  const capture = search.captures[index];
  if (capture === undefined || capture.to < 0) throw new PatternProblem(`invalid capture index %${index + 1}`);
  const length = capture.to - capture.from;
  for (let each = 0; each < length; each++) {
    search.step();
    if (search.text[capture.from + each] !== search.text[at + each]) return -1;
  }
  return at + length;
};

/** Where a single character, `%x` or `[set]` ends. */
const classEnd = (pattern: Uint8Array, at: number): number => {
  if (pattern[at] === PERCENT) {
    if (at + 1 >= pattern.length) throw new PatternProblem("malformed pattern (ends with '%')");
    return at + 2;
  }
  if (pattern[at] !== OPEN) return at + 1;
  // A ] that comes first is one of the set.
  let end = at + (pattern[at + 1] === CARET ? 2 : 1);
  do {
    if (end >= pattern.length) throw new PatternProblem("malformed pattern (missing ']')");
    end += pattern[end] === PERCENT ? 2 : 1;
    if (end - at > longestSet) throw new PatternProblem(`malformed pattern (a set of more than ${longestSet} bytes)`);
  } while (pattern[end] !== CLOSE);
  return end + 1;
};

const single = ({ text, pattern }: Search, at: number, next: number, end: number): boolean => {
  const byte = text[at];
  if (byte === undefined) return false;
  switch (pattern[next]) {
    case DOT:
      return true;
    case PERCENT:
      return inClass(byte, pattern[next + 1] ?? 0);
    case OPEN:
      return inSet(pattern, next, end, byte);
    default:
      return pattern[next] === byte;
  }
};
