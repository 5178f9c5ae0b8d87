import * as z from "zod/mini";
import { type Row, row, text } from "./line.ts";
import { clean, counted, listed, refName, shortSha } from "./words.ts";

const zeros = /^0+$/;

const received = row(z.object({ ref: text, after: z.nullish(z.string()), pusher: z.nullish(z.string()) }), ({ ref, after, pusher }) => {
  const by = pusher ? ` by ${clean(pusher, 60)}` : "";
  const gone = !after || zeros.test(after);
  return { word: "push", tone: "news", text: `${gone ? `${refName(ref)} deleted` : `${shortSha(after)} to ${refName(ref)}`}${by}` };
});

/** The first look at a repository finds what nobody pushed: that is no missed webhook. */
const found = row(z.object({ ref: text, sha: text, before: z.nullish(z.string()) }), ({ ref, sha, before }) => {
  const what = sha === "" ? `${refName(ref)} deleted` : `${shortSha(sha)} on ${refName(ref)}`;
  return before ? { word: "found", tone: "news", text: `${what}, whose webhook never came` } : undefined;
});

const namesShown = 8;

/** Which Applications a push touches, and which not. */
const touched = row(
  z.object({ subject: text, applications: z.array(z.string()), count: z.number() }),
  ({ subject, applications, count }, known) => {
    const what = count === 0 ? "nothing" : listed(applications, namesShown, count);
    const untouched = known.applications.filter((name) => !applications.includes(name)).toSorted();
    const others = untouchedOnes(untouched, known.applications.length - count);
    return { word: "touches", tone: "news", text: `${what}${subject === "" ? "" : ` (“${clean(subject, 72)}”)`}${others}` };
  },
);

const untouchedOnes = (names: readonly string[], count: number): string => {
  if (count <= 0) return "";
  return `; not ${names.length <= namesShown ? names.join(", ") : `the ${count} others`}`;
};

const rendered = row(
  z.object({
    applications: z._default(z.array(z.string()), []),
    kind: z.string(),
    objects: z.optional(z.number()),
    known: z._default(z.boolean(), false),
  }),
  ({ applications, kind, objects = 0, known }) => {
    // A render that failed is told with the sync that it stops.
    if (kind !== "rendered") return undefined;
    const again = known ? ", as it was rendered before" : "";
    return { word: "rendered", tone: "quiet", text: `${listed(applications, namesShown)}: ${counted(objects, "object")}${again}` };
  },
);

const refused = row(z.object({ connection: text }), ({ connection }) => ({
  word: "refused",
  tone: "bad",
  text: `a webhook for ${clean(connection, 60) || "no connection"}: its signature is not right, or there is no such connection`,
}));

const malformed = row(z.object({ connection: text, field: text }), ({ connection, field }) => ({
  word: "refused",
  tone: "bad",
  text: `a webhook for ${clean(connection, 60)}: its field ${clean(field, 60)} is not what a push has`,
}));

const ignored = row(z.object({ repository: text, because: text }), ({ repository, because }) => ({
  word: "ignored",
  tone: "quiet",
  text: `a push to ${clean(repository, 120)}: ${clean(because)}`,
}));

const undelivered = row(z.object({ reason: text }), ({ reason }) => ({
  word: "lost",
  tone: "warning",
  text: `a webhook, since nobody answered (${clean(reason, 120)}); the poll finds the push`,
}));

export const pushLines: Readonly<Record<string, Row>> = {
  "push-received": received,
  "poll-found": found,
  "push-touched": touched,
  rendered,
  "webhook-refused": refused,
  "webhook-malformed": malformed,
  "push-ignored": ignored,
  "webhook-undelivered": undelivered,
};
