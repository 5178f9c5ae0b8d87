import { Failure } from "../../model/failure.ts";

/**
 * Argo CD's globs for `directory.include` and `exclude`: `*` and `?` match slashes, too; `{a,b}`, `[a-z]`, `[!a-z]` and `\` as usual. So `*.yaml`
 * means every depth, which the usual libraries read otherwise. Matching takes time in proportion to pattern and path, whatever people write.
 * @param field For the message when the pattern is none.
 * @throws Failure SourceInvalid
 */
export const globOf = (pattern: string, field: string): ((path: string) => boolean) => {
  const patterns = withoutBraces(pattern, field).map((plain) => tokensOf(plain));
  return (path) => patterns.some((tokens) => matches(tokens, path));
};

type Token = "any" | ((character: string) => boolean);

const mostAlternatives = 1_000;

/** `{a,b}c` stands for `ac` and `bc`; braces may nest. */
const withoutBraces = (pattern: string, field: string): readonly string[] => {
  let done: string[] = [];
  let open = [pattern];
  while (open.length > 0) {
    const next: string[] = [];
    for (const text of open) {
      // The innermost pair: it has no other brace in it.
      const found = /(?<!\\)\{((?:[^{}\\]|\\.)*)\}/.exec(text);
      if (!found) done = [...done, text];
      else
        for (const choice of (found[1] ?? "").split(/(?<!\\),/))
          next.push(text.slice(0, found.index) + choice + text.slice(found.index + found[0].length));
    }
    if (next.length + done.length > mostAlternatives)
      throw refuse(field, pattern, "stands for more than 1000 patterns; write fewer alternatives");
    open = next;
  }
  if (done.some((text) => /(?<!\\)[{}]/.test(text)))
    throw refuse(field, pattern, "has a brace without its partner; close it, or write \\{ for the character");
  return done;
};

const tokensOf = (plain: string): readonly Token[] =>
  (plain.match(/\\[\s\S]|\*+|\[!?[^\]]+\]|[\s\S]/g) ?? []).map((token): Token => {
    if (token.startsWith("*")) return "any";
    if (token === "?") return () => true;
    if (token.startsWith("[") && token.length > 1) return classOf(token.slice(1, -1));
    const literal = token.length > 1 ? token.slice(1) : token;
    return (character) => character === literal;
  });

const classOf = (members: string): Token => {
  const negated = members.startsWith("!");
  const ranges = (negated ? members.slice(1) : members).match(/[\s\S]-[\s\S]|[\s\S]/g) ?? [];
  return (character) => negated !== ranges.some((range) => character >= (range[0] ?? "") && character <= (range.at(-1) ?? ""));
};

/** Remembers only the last `*`: going back to an earlier one never finds more. */
const matches = (tokens: readonly Token[], path: string): boolean => {
  let token = 0;
  let star = -1;
  let mark = 0;
  for (let at = 0; at < path.length; ) {
    const current = tokens[token];
    if (current === "any") {
      star = token++;
      mark = at;
    } else if (current?.(path[at] ?? "")) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++mark;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === "any");
};

const refuse = (field: string, pattern: string, problem: string): Failure =>
  new Failure("SourceInvalid", field, `source.${field} ${JSON.stringify(pattern)} ${problem}`);
