import type { ApplicationEvent } from "../../model/event.ts";
import type { FieldChange, ObjectResult } from "../../model/operation.ts";
import { describeKey } from "../../model/resource-key.ts";
import { code } from "./text.ts";

/** `2 created, 1 configured, 1 deleted`; what is zero is left out, and unchanged objects are counted only where nothing else happened. */
export const countsLine = ({ counts }: ApplicationEvent): string => {
  const told = (["created", "configured", "deleted", "failed"] as const).filter((what) => counts[what] > 0);
  if (told.length > 0) return told.map((what) => `${counts[what]} ${what}`).join(", ");
  return counts.unchanged > 0 ? `nothing to change, ${counts.unchanged} objects in sync` : "";
};

/** One line per object that changed or failed, names in the order of the operation. */
export const objectLines = ({ objects }: ApplicationEvent): readonly string[] =>
  objects
    .filter(({ action }) => action !== "unchanged")
    .map((result) => `• ${outcomeOf(result)} ${code(describeKey(result.key))}${why(result)}`);

const outcomeOf = ({ action, code: result }: ObjectResult): string => {
  if (result === "SyncFailed") return "failed";
  return result === "PruneSkipped" ? "kept" : action;
};

const why = ({ message, code: result }: ObjectResult): string =>
  message === undefined || (result !== "SyncFailed" && result !== "PruneSkipped") ? "" : `: ${code(message, 400)}`;

/** One line per field that had moved: what Git says, what stood there, who and when as far as the cluster knows. */
export const driftLines = ({ objects }: ApplicationEvent): readonly string[] =>
  objects.flatMap(({ key, fields = [], message, action }) => {
    const object = code(describeKey(key));
    if (fields.length > 0) return fields.map((field) => `• ${object} ${code(field.path)} ${movement(field)}${author(field)}`);
    if (action === "created") return [`• ${object} had been deleted`];
    return [message === undefined ? `• ${object}` : `• ${code(message, 400)}`];
  });

const movement = ({ desired, live }: FieldChange): string => `was ${shown(live)}, should be ${shown(desired)}`;

const shown = (json: string | undefined): string => (json === undefined ? "absent" : code(json, 120));

const author = ({ manager, time }: FieldChange): string => {
  const by = manager === undefined || manager === "" ? "" : `, by ${code(manager, 100)}`;
  const at = time === undefined ? undefined : Date.parse(time);
  return at === undefined || Number.isNaN(at) ? by : `${by} at ${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
};
