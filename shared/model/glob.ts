/**
 * Names matched as Argo CD matches them in projects: `*` and `**` stand for any text (a slash included), `?` for one character, `[a-z]` and
 * `[!a-z]` for one of a class, `{a,b}` for alternatives, `\` takes the next character as it is.
 */
export type Glob = (text: string) => boolean;

/** undefined: a bracket or brace that is never closed, or a backslash at the end. */
export const parseGlob = (pattern: string): Glob | undefined => {
  const source = toRegExp(pattern);
  if (source === undefined) return undefined;
  const expression = new RegExp(`^${source}$`, "su");
  return (text) => expression.test(text);
};

/** For patterns that were checked when they were declared: one that is none matches nothing. */
export const globMatches = (pattern: string, text: string): boolean => {
  if (pattern === "*") return true;
  return /[*?[{}\\]/.test(pattern) ? (parseGlob(pattern)?.(text) ?? false) : pattern === text;
};

const toRegExp = (pattern: string): string | undefined => {
  const letters = [...pattern];
  let source = "";
  let depth = 0;
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? "";
    if (letter === "*") {
      while (letters[at + 1] === "*") at++;
      source += ".*";
    } else if (letter === "?") source += ".";
    else if (letter === "{") {
      depth++;
      source += "(?:";
    } else if (letter === "}" && depth > 0) {
      depth--;
      source += ")";
    } else if (letter === "," && depth > 0) source += "|";
    else if (letter === "[") {
      const close = letters.indexOf("]", at + 2);
      const members = close < 0 ? undefined : classOf(letters.slice(at + 1, close));
      if (members === undefined) return undefined;
      source += members;
      at = close;
    } else if (letter === "\\") {
      const next = letters[++at];
      if (next === undefined) return undefined;
      source += escaped(next);
    } else source += escaped(letter);
  }
  return depth === 0 ? source : undefined;
};

/** undefined: a range that runs backwards, or nothing but the negation. */
const classOf = (letters: readonly string[]): string | undefined => {
  const negated = letters[0] === "!";
  const members = negated ? letters.slice(1) : letters;
  let inside = "";
  for (let at = 0; at < members.length; at++) {
    const [low = "", dash, high] = members.slice(at, at + 3);
    if (dash === "-" && high !== undefined) {
      if (low > high) return undefined;
      inside += `${inClass(low)}-${inClass(high)}`;
      at += 2;
    } else inside += inClass(low);
  }
  return inside === "" ? undefined : `[${negated ? "^" : ""}${inside}]`;
};

const escaped = (letter: string): string => (/[\\^$.*+?()[\]{}|/]/.test(letter) ? `\\${letter}` : letter);
const inClass = (letter: string): string => (/[\\^\]-]/.test(letter) ? `\\${letter}` : letter);
