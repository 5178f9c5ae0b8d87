import * as z from "zod/mini";
import type { JqAnswer } from "../../ports/jq.ts";

/** What the worker is asked, as it travels. */
export const Question = z.object({ program: z.string(), json: z.string() });
/** What jq printed, or complained about. */
export const Reply = z.union([z.object({ printed: z.string() }), z.object({ complaint: z.string() })]);
export type Reply = z.infer<typeof Reply>;

/** The newline ends a comment that somebody's expression may end with. */
export const pathProgram = (expression: string): string => `[path(${expression}\n)]`;

const Paths = z.array(z.array(z.json()));

/** By jq's exit code: 3 does not compile, 5 went wrong with this document. */
export const answerOf = (reply: Reply): JqAnswer => {
  if ("printed" in reply) return pathsIn(reply.printed);
  const { complaint } = reply;
  const words = firstLine(complaint);
  if (complaint.startsWith("Non-zero exit code: 5") && !/Invalid path expression/.test(complaint))
    return { state: "unfit", message: words };
  if (complaint.startsWith("Non-zero exit code:")) return { state: "broken", message: words };
  return { state: "over limit", message: `it needs more than ${mostMegabytes} MB of memory` };
};

export const mostMegabytes = 256;

const pathsIn = (printed: string): JqAnswer => {
  try {
    const parsed = z.safeParse(Paths, JSON.parse(printed));
    if (parsed.success) return { state: "paths", paths: parsed.data };
  } catch {
    // More than one value, or none: the expression ended our own program early.
  }
  return { state: "broken", message: "it is not one path expression" };
};

/** Without what jq says of our wrapping: the exit code, `jq: error:`, line numbers. */
const firstLine = (complaint: string): string =>
  (complaint.split("\n").find((line) => line.startsWith("jq: ")) ?? complaint.replace(/^Non-zero exit code: \d+\n/, ""))
    .replace(/^jq: error( \([^)]*\))?: /, "")
    .replace(/ \(Unix shell quoting issues\?\)/, "")
    .replace(/ at <top-level>, line \d+:?$/, "");
