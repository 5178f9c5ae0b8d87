import type { JsonObject } from "../../../shared/model/json.ts";
import type { Known, Line, Row } from "./lines/line.ts";
import { pushLines } from "./lines/pushes.ts";
import { syncLines } from "./lines/syncs.ts";
import { silentEvents, troubleLines } from "./lines/trouble.ts";
import { clean } from "./lines/words.ts";
import type { Paint } from "./paint.ts";

/** From what the functions tell their operators to a line for the person who watches. One row per event. */
const rows: Readonly<Record<string, Row>> = { ...pushLines, ...syncLines, ...troubleLines };

/** Whether the terminal has made up its mind about events of this name. */
export const isKnownEvent = (event: string): boolean => event in rows || silentEvents.includes(event);

/** The line of an event; undefined where it has nothing for people. An error that nobody foresaw is told in its own words. */
export const lineOf = (event: JsonObject, known: Known): Line | undefined => {
  const name = typeof event.event === "string" ? event.event : "";
  const told = Object.hasOwn(rows, name) ? rows[name]?.(event, known) : undefined;
  if (told || isKnownEvent(name) || event.level !== "error") return told;
  const text = typeof event.text === "string" ? event.text : name;
  return { word: "trouble", tone: "bad", text: clean(text) };
};

const wordWidth = 9;

/** `12:03:04  applied   shop on quay: …`; time is the event's, as the clock on the wall shows it. */
export const formatLine = (line: Line, at: Date, paint: Paint): string => {
  const word = paint(line.tone, line.word.padEnd(wordWidth));
  return `${paint("quiet", at.toTimeString().slice(0, 8))}  ${word} ${line.tone === "quiet" ? paint("quiet", line.text) : line.text}`;
};
