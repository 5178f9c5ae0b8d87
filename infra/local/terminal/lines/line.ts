import * as z from "zod/mini";
import type { JsonObject } from "../../../../shared/model/json.ts";
import type { Tone } from "../paint.ts";

/** What one event comes to in the terminal: a word for what it is, and a sentence. */
export interface Line {
  readonly word: string;
  readonly tone: Tone;
  readonly text: string;
}

/** What the terminal knows besides the event. */
export interface Known {
  /** Names of all Applications. */
  readonly applications: readonly string[];
}

/** One kind of event: undefined where there is nothing for people in it. */
export type Row = (event: JsonObject, known: Known) => Line | undefined;

/** Reads the facts of an event first; one of another shape is no line. */
export const row =
  <S extends z.ZodMiniType>(facts: S, tell: (facts: z.output<S>, known: Known) => Line | undefined): Row =>
  (event, known) => {
    const read = facts.safeParse(event);
    return read.success ? tell(read.data, known) : undefined;
  };

export const text = z._default(z.string(), "");
export const count = z._default(z.number(), 0);
