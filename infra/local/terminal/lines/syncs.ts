import * as z from "zod/mini";
import { describeKey } from "../../../../shared/model/resource-key.ts";
import { count, type Row, row, text } from "./line.ts";
import { afterPush, clean, counted, listed } from "./words.ts";

const Key = z.object({ group: z.string(), kind: z.string(), namespace: z.string(), name: z.string() });
const Field = z.object({
  path: z.string(),
  desired: z.optional(z.string()),
  live: z.optional(z.string()),
  manager: z.optional(z.string()),
  time: z.optional(z.string()),
});
const ObjectFacts = z.object({ key: Key, action: z.string(), code: z.string(), fields: z._default(z.array(Field), []) });
type ObjectFacts = z.output<typeof ObjectFacts>;

const Counts = z.object({ created: count, configured: count, deleted: count, unchanged: count, failed: count });
type Counts = z.output<typeof Counts>;

const Sync = z.object({
  application: z.string(),
  cluster: z.string(),
  trigger: text,
  counts: Counts,
  objects: z._default(z.array(ObjectFacts), []),
  reason: z.optional(z.string()),
  health: z.optional(z.string()),
  secondsSincePush: z.optional(z.number()),
});

/** Objects and fields that a line names. */
const most = 4;

const synced = row(Sync, ({ application, cluster, trigger, counts, objects, health, reason, secondsSincePush }) => ({
  word: "applied",
  tone: "good",
  text: `${application} on ${cluster}: ${countsOf(counts)}${changesOf(objects, counts)}${health === "Healthy" ? ", healthy" : ""}${afterPush(trigger, secondsSincePush)}${asked(trigger, reason)}`,
}));

/** Such as a rollback: what was applied is not what Git says. */
const asked = (trigger: string, reason: string | undefined): string =>
  trigger === "manual" && reason !== undefined ? `; ${clean(reason)}` : "";

const countsOf = ({ created, configured, deleted, unchanged, failed }: Counts): string => {
  const parts = Object.entries({ created, configured, deleted, unchanged, failed }).filter(([, number]) => number > 0);
  return parts.length === 0 ? "nothing to do" : parts.map(([action, number]) => `${number} ${action}`).join(", ");
};

const changesOf = (objects: readonly ObjectFacts[], { unchanged }: Counts): string => {
  const changed = objects.filter(({ action }) => action === "created" || action === "configured" || action === "deleted");
  // The first sync of an Application creates everything: its count says enough.
  const first = unchanged === 0 && changed.every(({ action }) => action === "created");
  return first || changed.length === 0 || changed.length > most ? "" : ` (${changed.map(describe).join("; ")})`;
};

const describe = ({ key, fields }: ObjectFacts): string =>
  `${describeKey(key)}${fields.length === 0 ? "" : `: ${listed(fields.map(fieldMoved), most)}`}`;

/** A whole entry of a list that came or went is named, not shown. */
const fieldMoved = ({ path, live, desired }: z.output<typeof Field>): string => {
  if (live === undefined) return `${path} ${isShort(desired) ? `set to ${desired}` : "added"}`;
  if (desired === undefined) return `${path} removed`;
  return `${path} ${clean(live, 60)} → ${clean(desired, 60)}`;
};

const isShort = (value: string | undefined): boolean => value !== undefined && value.length <= 40 && !value.startsWith("{");

const failed = row(Sync, ({ application, cluster, counts, reason = "no reason was given", trigger, secondsSincePush }) => {
  const untouched = counts.created + counts.configured + counts.deleted === 0;
  const why = clean(reason, 400).replace(/\.$/, "");
  const what = untouched ? "nothing was changed" : countsOf(counts);
  return {
    word: "failed",
    tone: "bad",
    text: `${application} on ${cluster}: ${why}; ${what}${afterPush(trigger, secondsSincePush)}`,
  };
});

const waits = row(Sync, ({ application, reason = "" }) => ({
  word: "waits",
  tone: "warning",
  text: `${application} for a person's yes: ${clean(reason, 300)} (npx fairlead approve ${application})`,
}));

const healed = row(Sync, ({ application, cluster, objects, counts }) => ({
  word: "healed",
  tone: "good",
  text: `${application} on ${cluster}: ${objects.length === 0 ? countsOf(counts) : listed(objects.map(putBack), most)}`,
}));

const putBack = ({ key, action, fields }: ObjectFacts): string => {
  if (action === "created") return `${describeKey(key)} was deleted and is back`;
  if (action === "deleted") return `${describeKey(key)} did not belong there and is gone`;
  if (fields.length === 0) return `${describeKey(key)} is as it was`;
  return `${describeKey(key)}: ${listed(fields.map(fieldPutBack), most)}`;
};

const fieldPutBack = ({ path, live, desired, manager, time }: z.output<typeof Field>): string => {
  const who = manager === undefined ? "" : `, by ${clean(manager, 60)}${time === undefined ? "" : ` at ${time.slice(11, 19)}`}`;
  return `${path} was ${live === undefined ? "gone" : clean(live, 60)}${who}, and is ${desired === undefined ? "gone" : clean(desired, 60)} again`;
};

const Health = z.object({
  application: z.string(),
  cluster: z.string(),
  trigger: text,
  reason: z.optional(z.string()),
  secondsSincePush: z.optional(z.number()),
});

const healthy = row(Health, ({ application, cluster, trigger, secondsSincePush }) => ({
  word: "healthy",
  tone: "good",
  text: `${application} on ${cluster}${afterPush(trigger, secondsSincePush)}`,
}));

const degraded = row(Health, ({ application, cluster, reason = "" }) => ({
  word: "degraded",
  tone: "bad",
  text: `${application} on ${cluster}: ${clean(reason)}`,
}));

const removed = row(z.object({ application: z.string() }), ({ application }) => ({
  word: "removed",
  tone: "news",
  text: `${application}: it is no longer declared`,
}));

const superseded = row(z.object({ application: z.string() }), ({ application }) => ({
  word: "newer",
  tone: "news",
  text: `${application}: a newer commit takes the place of the operation under way`,
}));

const withoutHooks = row(z.object({ application: z.string(), reason: text }), ({ application, reason }) => ({
  word: "trouble",
  tone: "warning",
  text: `${application} is removed without its hooks${reason === "" ? "" : `: ${clean(reason)}`}`,
}));

const hooksLeft = row(z.object({ application: z.string(), reason: text }), ({ application, reason }) => ({
  word: "trouble",
  tone: "warning",
  text: `${application} failed, and its hooks are still there${reason === "" ? "" : `: ${clean(reason)}`}`,
}));

const drift = row(
  z.object({ application: z.string(), cluster: text, missing: count, moved: count }),
  ({ application, cluster, missing, moved }) => {
    const parts = [
      ...(missing > 0 ? [`${counted(missing, "object is", "objects are")} gone`] : []),
      ...(moved > 0 ? [`${counted(moved, "object was", "objects were")} changed`] : []),
    ];
    return { word: "drift", tone: "warning", text: `${application} on ${cluster}: ${parts.join(", ")}` };
  },
);

const driftFound = row(z.object({ application: z.string(), cluster: text, reason: text }), ({ application, cluster, reason }) => ({
  word: "drift",
  tone: "warning",
  text: `${application} on ${cluster}: ${clean(reason)}; self-heal is off, so it stays (npx fairlead diff ${application})`,
}));

const outOfSync = row(z.object({ application: z.string(), cluster: text, reason: text }), ({ application, cluster, reason }) => ({
  word: "waits",
  tone: "warning",
  text: `${application} on ${cluster}: ${clean(reason)} (npx fairlead sync ${application})`,
}));

const driftGone = row(z.object({ application: z.string(), cluster: text }), ({ application, cluster }) => ({
  word: "drift",
  tone: "good",
  text: `${application} on ${cluster}: gone, everything is as Git says again`,
}));

export const syncLines: Readonly<Record<string, Row>> = {
  "sync-synced": synced,
  "sync-failed": failed,
  "sync-waiting-for-approval": waits,
  "sync-out-of-sync": outOfSync,
  "sync-drift-healed": healed,
  "health-healthy": healthy,
  "health-degraded": degraded,
  "application-removed": removed,
  "removal-without-hooks": withoutHooks,
  "hooks-left": hooksLeft,
  superseded,
  drift,
  "drift-found": driftFound,
  "drift-gone": driftGone,
};
