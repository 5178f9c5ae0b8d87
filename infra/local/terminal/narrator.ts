import type { JsonObject } from "../../../shared/model/json.ts";
import { formatLine, lineOf } from "./event-line.ts";
import type { Paint } from "./paint.ts";

export interface NarratorWorld {
  readonly print: (line: string) => void;
  readonly paint: Paint;
  /** Names of all Applications as they are now. */
  readonly names: () => Promise<readonly string[]>;
}

/** Tells events in the order in which they come; answers when the last one has been told. */
export const narrator = ({ print, paint, names }: NarratorWorld) => {
  let last: Promise<void> = Promise.resolve();
  const firstLooks = new Set<unknown>();
  const looked = new Set<unknown>();
  const pushed = new Set<unknown>();
  /** The same again says nothing new: a second look at drift that is being healed, a hint that came twice. */
  let said = "";
  const tell = async (event: JsonObject) => {
    const { event: name, sha, before, after } = event;
    // A poll may see a push while its webhook is still on the way.
    if (name === "push-received") pushed.add(after);
    if (name === "poll-found" && pushed.has(sha)) return;
    // The first look at a repository is no push; what was declared just before is told as it is applied.
    if (name === "poll-found" && !before) firstLooks.add(sha);
    if (name === "push-touched" && firstLooks.delete(sha)) return;
    // A second look at the same commit finds what the first one left: nothing.
    if (name === "push-touched" && looked.has(sha) && event.count === 0) return;
    if (name === "push-touched") looked.add(sha);
    const applications = name === "push-touched" ? await names().catch(() => []) : [];
    const line = lineOf(event, { applications });
    if (line === undefined || `${line.word} ${line.text}` === said) return;
    said = `${line.word} ${line.text}`;
    print(formatLine(line, timeOf(event), paint));
  };
  return {
    tell: (event: JsonObject): void => {
      last = last.then(() => tell(event));
    },
    told: (): Promise<void> => last,
  };
};

const timeOf = ({ time }: JsonObject): Date => {
  const at = new Date(typeof time === "string" ? time : Date.now());
  return Number.isNaN(at.getTime()) ? new Date() : at;
};
