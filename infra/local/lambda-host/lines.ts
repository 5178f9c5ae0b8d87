import type { Readable } from "node:stream";
import { isJsonObject, type Json, type JsonObject } from "../../../shared/model/json.ts";

/** Calls back with each line of a stream: the JSON object on it, or `{ text }` for anything else. */
export const eachLine = (stream: Readable, tell: (line: JsonObject) => void): void => {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") tell(parseLine(line));
  });
  stream.on("end", () => {
    if (rest.trim() !== "") tell(parseLine(rest));
  });
};

const parseLine = (line: string): JsonObject => {
  try {
    const value: Json = JSON.parse(line);
    return isJsonObject(value) ? value : { text: line };
  } catch {
    return { text: line };
  }
};
