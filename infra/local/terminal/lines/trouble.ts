import * as z from "zod/mini";
import { type Row, row, text } from "./line.ts";
import { clean } from "./words.ts";

const down = row(z.object({ cluster: z.string(), reason: text }), ({ cluster, reason }) => ({
  word: "down",
  tone: "bad",
  text: `cluster ${cluster}: ${clean(reason)} Other clusters go on.`,
}));

const back = row(z.object({ cluster: z.string(), downSeconds: z.number() }), ({ cluster, downSeconds }) => ({
  word: "back",
  tone: "good",
  text: `cluster ${cluster}, after ${Math.round(downSeconds)} s; what waited for it goes on`,
}));

const noticeRefused = row(z.object({ place: text, reason: text }), ({ place, reason }) => ({
  word: "unheard",
  tone: "bad",
  text: `${clean(place, 60)} did not take a message: ${clean(reason)}`,
}));

const noticeDelayed = row(z.object({ place: text, reason: text, seconds: z.number() }), ({ place, reason, seconds }) => ({
  word: "delayed",
  tone: "warning",
  text: `a message to ${clean(place, 60)}, tried again in ${Math.round(seconds)} s: ${clean(reason)}`,
}));

const pollFailed = row(z.object({ repository: text, reason: text }), ({ repository, reason }) => ({
  word: "trouble",
  tone: "warning",
  text: `${clean(repository, 120)} could not be looked at for new commits: ${clean(reason)}`,
}));

const unreadable = row(z.object({ repository: text, reason: text }), ({ repository, reason }) => ({
  word: "down",
  tone: "bad",
  text: `${clean(repository, 120)} cannot be read: ${clean(reason)} What it holds is tried again until it can (npx fairlead status).`,
}));

const readable = row(z.object({ repository: text, downSeconds: z.number() }), ({ repository, downSeconds }) => ({
  word: "back",
  tone: "good",
  text: `${clean(repository, 120)} can be read again, after ${Math.round(downSeconds)} s`,
}));

const delayed = row(z.object({ reason: text, seconds: z.optional(z.number()) }), ({ reason, seconds }) => ({
  word: "trouble",
  tone: "warning",
  text: `${clean(reason)}${seconds === undefined ? "" : ` (tried again in ${Math.round(seconds)} s)`}`,
}));

const failedFor = row(
  z.object({ cluster: text, application: text, repository: text, reason: text }),
  ({ cluster, application, repository, reason }) => ({
    word: "trouble",
    tone: "warning",
    text: `${cluster || application || clean(repository, 120)} could not be ${repository === "" ? "compared" : "read"}: ${clean(reason)}`,
  }),
);

const unwatched = row(z.object({ cluster: text, reason: text }), ({ cluster, reason }) => ({
  word: "trouble",
  tone: "warning",
  text: `cluster ${clean(cluster, 60)} is not watched for the moment, scans go on: ${clean(reason)}`,
}));

const kindUnreadable = row(z.object({ cluster: text, kind: text, reason: text }), ({ cluster, kind, reason }) => ({
  word: "trouble",
  tone: "warning",
  text: `cluster ${clean(cluster, 60)} cannot read its ${clean(kind, 120)}, all else is looked at: ${clean(reason)}`,
}));

const undeclared = row(z.object({ reason: text }), ({ reason }) => ({
  word: "trouble",
  tone: "bad",
  text: `the control repository is not followed: ${clean(reason)}`,
}));

const restored = row(z.object({ lost: z.boolean() }), ({ lost }) => ({
  word: "restored",
  tone: "warning",
  text: lost
    ? "the table was lost; it is rebuilt from the control repository, and nothing is deleted until its clusters were searched"
    : "the table was restored from a backup; Git is read again, and nothing is deleted until its clusters were searched",
}));

const leftBehind = row(
  z.object({ cluster: text, application: text, count: z.number(), objects: z.array(text) }),
  ({ cluster, application, count, objects: [first = ""] }) => ({
    word: "left",
    tone: "warning",
    text: `cluster ${clean(cluster, 60)}: ${clean(first, 120)}${count > 1 ? ` and ${count - 1} more are` : " is"} marked as of Application ${clean(application, 60)}, which is not declared; nothing deletes what nobody owns`,
  }),
);

const paused = row(
  z.object({ host: text, login: z.optional(text), seconds: z.number(), reason: text }),
  ({ host, login, seconds, reason }) => ({
    word: "paused",
    tone: "warning",
    text: `${clean(host, 120)} asked ${login === undefined ? "us" : clean(login, 60)} to wait, and is not asked again for ${Math.round(seconds)} s: ${clean(reason)}`,
  }),
);

/** Only the first line: what follows is a stack trace, and stands in the journal. */
const unexpected = row(z.object({ function: text, reason: text, text }), ({ function: name, reason, text: said }) => {
  const first = clean((reason || said).split("\n")[0] ?? "");
  return first === "" ? undefined : { word: "trouble", tone: "bad", text: `${name}: ${first}` };
});

/** What a function's process writes besides its journal. Frames of a stack trace and the like are left to the journal. */
const stderr = row(z.object({ function: text, text: z.string() }), ({ function: name, text: said }) =>
  /^[A-Za-z]/.test(said) && !/^(at|node:|file:|Node\.js|Trace) ?/.test(said)
    ? { word: "trouble", tone: "bad", text: `${name}: ${clean(said)}` }
    : undefined,
);

export const troubleLines: Readonly<Record<string, Row>> = {
  "cluster-unreachable": down,
  "cluster-back": back,
  "notice-refused": noticeRefused,
  "notice-delayed": noticeDelayed,
  "poll-failed": pollFailed,
  "repository-unreachable": unreadable,
  "repository-back": readable,
  "host-paused": paused,
  "fetch-delayed": delayed,
  "slots-kept": failedFor,
  "not-hidden": delayed,
  "hint-not-sent": delayed,
  "scan-failed": failedFor,
  "kind-unreadable": kindUnreadable,
  "watch-failed": unwatched,
  "watch-broken": unwatched,
  "control-not-declared": undeclared,
  "table-restored": restored,
  "left-behind": leftBehind,
  "webhook-failed": unexpected,
  "message-failed": unexpected,
  host: unexpected,
  stderr,
};

/** Events for operators that say nothing to the person who watches one machine. */
export const silentEvents: readonly string[] = [
  "fetched",
  "swept",
  "notice-sent",
  "notices-summed",
  "notice-dropped",
  "lease-lost",
  "cluster-probed",
  "watching",
  "failure-not-kept",
  "epoch-not-kept",
  "searched",
];
