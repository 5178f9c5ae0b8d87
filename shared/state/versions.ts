import { Failure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { Change, Item } from "../ports/table.ts";

export type Fields = Readonly<Record<string, Json | undefined>>;

/**
 * How the content of one kind of message or item changed over time. `now` is the version that this code writes and reads; `lifts[1]` says what
 * changes from version 1 to 2, from the fields of version 1 alone. Fields that a newer version adds with a default need no lift and no new
 * version: older code leaves alone what it does not know.
 */
export interface Versions {
  readonly now: number;
  readonly lifts: Readonly<Record<number, (old: Fields) => Pick<Change, "set" | "remove">>>;
}

export const firstVersion: Versions = { now: 1, lifts: {} };

/** What has to change for fields of version `from` to become today's; undefined when nobody wrote down how. */
export const liftOf = (fields: Fields, from: number, { now, lifts }: Versions): Required<Pick<Change, "set" | "remove">> | undefined => {
  let today = fields;
  const touched = new Set(["v"]);
  for (let version = from; version < now; version++) {
    const change = lifts[version]?.(today);
    if (!change) return undefined;
    for (const name of [...Object.keys(change.set ?? {}), ...(change.remove ?? [])]) touched.add(name);
    today = changed(today, change);
  }
  const names = [...touched];
  return {
    set: { ...Object.fromEntries(names.flatMap((name) => (today[name] === undefined ? [] : [[name, today[name]]]))), v: now },
    remove: names.filter((name) => name !== "v" && today[name] === undefined),
  };
};

/** Fields of version `from` as today's code reads them; undefined when nobody wrote down how. */
export const lifted = (fields: Fields, from: number, versions: Versions): Fields | undefined => {
  // Nearly all are today's.
  if (from === versions.now) return fields;
  const lift = liftOf(fields, from, versions);
  return lift && changed(fields, lift);
};

/** The same fields as they read after a change. */
const changed = (fields: Fields, { set = {}, remove = [] }: Pick<Change, "set" | "remove">): Fields => {
  const gone = new Set(remove);
  return { ...Object.fromEntries(Object.entries(fields).filter(([name]) => !gone.has(name))), ...set };
};

/** A newer release wrote it, and this one runs again: what stands is left alone until the newer one is back. */
export const itemNewer = ({ pk, sk, v }: Item, now: number): Failure => {
  const where = `${pk}/${sk}`;
  const known = `version ${v}, this one knows ${now}`;
  return new Failure(
    "ItemNewer",
    where,
    `item ${where} was written by a newer release (${known}); it is left alone until that one runs again`,
  );
};
