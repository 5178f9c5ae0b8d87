import { createWriteStream } from "node:fs";
import type { JsonObject } from "../../../shared/model/json.ts";

/** Enough for hours of a busy stack; a disk is not filled by one that is forgotten. Bytes. */
const most = 64 * 1024 * 1024;

/** Writes every event of this run to a file: what the terminal leaves out can be looked up there. */
export const journalFile = (path: string): ((event: JsonObject) => void) => {
  const stream = createWriteStream(path, { mode: 0o600 });
  let written = 0;
  // Nothing depends on it: a full disk must not end the stack.
  stream.on("error", () => {
    written = most;
  });
  return (event) => {
    if (written >= most) return;
    const line = `${JSON.stringify(event)}\n`;
    written += line.length;
    stream.write(line);
  };
};
