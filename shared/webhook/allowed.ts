import type { Connection } from "../model/connection.ts";
import { normaliseRepositoryUrl } from "../model/repository-url.ts";

/** Whether a connection may speak for a repository (its normalised URL). A connection without patterns may speak for none. */
export const mayPush = (connection: Connection, repository: string): boolean => {
  const segments = repository.split("/");
  return connection.repositories.some((pattern) => matches(normaliseRepositoryUrl(pattern).split("/"), segments));
};

/** `**` stands for any number of segments, also none. */
const matches = (pattern: readonly string[], segments: readonly string[]): boolean => {
  // reached[i]: what was read of the pattern so far can stand for the first i segments.
  let reached = [true, ...segments.map(() => false)];
  for (const part of pattern) {
    const next = reached.map(() => false);
    for (let at = 0; at < next.length; at++) {
      const segment = segments[at - 1];
      if (part === "**") next[at] = reached[at] === true || next[at - 1] === true;
      else next[at] = segment !== undefined && reached[at - 1] === true && matchesSegment(part, segment);
    }
    reached = next;
  }
  return reached.at(-1) === true;
};

/** `*` stands for any characters. Takes at most pattern × text steps, whatever they are. */
const matchesSegment = (pattern: string, text: string): boolean => {
  const [head = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(head) || text.length < head.length + last.length || !text.endsWith(last)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
};
