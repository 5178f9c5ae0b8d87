import { parsePlainPath } from "../../shared/diff/plain-path.ts";
import type { Json } from "../../shared/model/json.ts";
import type { Jq, JqAnswer } from "../../shared/ports/jq.ts";

export interface PlainJq extends Jq {
  /** Expressions that were asked for, in order. */
  readonly asked: readonly string[];
}

/** jq as far as plain paths go; what else an expression answers is given, and any other is broken. */
export const plainJq = (answers: Readonly<Record<string, (document: Json) => JqAnswer>> = {}): PlainJq => {
  const asked: string[] = [];
  return {
    asked,
    paths: (expression, document) => {
      asked.push(expression);
      const answer = answers[expression] ?? parsePlainPath(expression);
      return answer ? answer(document) : { state: "broken", message: "syntax error" };
    },
  };
};
