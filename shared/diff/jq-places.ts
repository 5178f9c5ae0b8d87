import { assertNever, Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import { plainText } from "../model/plain-text.ts";
import { describeKey, keyOf } from "../model/resource-key.ts";
import type { Jq, JqAnswer } from "../ports/jq.ts";
import { isSecret } from "./mask.ts";
import { parsePlainPath } from "./plain-path.ts";
import { pointersAt } from "./pointers.ts";

/** Where in an object an expression points; `unfit` where the object is not of the shape that it expects, and nothing is ignored. */
export type IgnoredPlaces = (object: Manifest) => { readonly pointers: readonly string[]; readonly unfit?: string };

/**
 * One of `jqPathExpressions`, made ready.
 * @param where For messages: whose expression it is.
 * @throws Failure ConfigurationInvalid, LimitExceeded
 */
export const placesOf = (expression: string, where: string, jq: Jq): IgnoredPlaces => {
  const plain = parsePlainPath(expression);
  const ask: (object: Manifest) => JqAnswer = plain ?? ((object) => jq.paths(expression, object));
  const quoted = `${where}: jqPathExpression ${JSON.stringify(expression)}`;
  // What does not compile is told at once, not when the first object of that kind is there.
  if (!plain) throwIfNone(jq.paths(expression, {}), quoted, "an empty object");
  return (object) => {
    const answer = withoutValues(ask(object), object);
    const name = describeKey(keyOf(object));
    throwIfNone(answer, quoted, name);
    if (answer.state !== "paths")
      return { pointers: [], unfit: `${quoted} does not fit ${name}, nothing is ignored by it: ${answer.message}` };
    const pointers = pointersAt(object, answer.paths);
    if (pointers.includes("")) throw broken(quoted, "it names the whole object");
    return { pointers };
  };
};

/** jq's complaints quote what they are about. */
const withoutValues = (answer: JqAnswer, object: Manifest): JqAnswer => {
  if (answer.state === "paths") return answer;
  const message = isSecret(object) ? "what jq said may repeat a value of the Secret" : plainText(answer.message, mostCharacters);
  return { ...answer, message };
};

const mostCharacters = 200;

const throwIfNone = (answer: JqAnswer, quoted: string, name: string): void => {
  switch (answer.state) {
    case "paths":
    case "unfit":
      return;
    case "broken":
      throw broken(quoted, answer.message);
    case "over limit":
      throw new Failure("LimitExceeded", quoted, `${quoted} was given up on for ${name}: ${answer.message}; write a simpler path`);
    default:
      assertNever(answer);
  }
};

const broken = (quoted: string, problem: string): Failure =>
  new Failure("ConfigurationInvalid", quoted, `${quoted} is no jq path: ${problem}; correct it, or use jsonPointers`);
