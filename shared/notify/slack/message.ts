import type { ApplicationEvent, EventKind } from "../../model/event.ts";
import { assertNever } from "../../model/failure.ts";
import type { SlackBlock, SlackMessage } from "../../ports/slack.ts";
import { commitUrl } from "../commit-url.ts";
import { countsLine, driftLines, objectLines } from "./changes.ts";
import { code, fallbackText, fittingLines, link, mrkdwn, oneLine, plain, safeUrl, sectionText, severalLines } from "./text.ts";

export interface MessageOptions {
  /** Start of the address at which people see an Application; its name is added. */
  readonly link?: string | undefined;
  /** What the message said before this event changes it: what a sync did stays in it when the Application turns healthy. */
  readonly earlier?: ApplicationEvent | undefined;
}

/**
 * What people read about an event. Every part of it that comes from a repository, a cluster or a Git host is foreign: it is shown as code,
 * plain or preformatted text, never as markup, and shortened so that Slack takes the whole.
 */
export const messageFor = (event: ApplicationEvent, options: MessageOptions = {}): SlackMessage => {
  const { icon, says } = headlines[event.kind];
  const page = options.link === undefined ? undefined : safeUrl(`${options.link}${encodeURIComponent(event.application)}`);
  const place = event.namespace === "" ? event.cluster : `${event.cluster}/${event.namespace}`;
  const on = place === "" ? "" : ` on ${code(place)}`;
  const blocks: readonly (SlackBlock | undefined)[] = [
    section([`${icon} *${link(page, event.application)}* ${says}${on}`]),
    origin(event),
    details(event),
    options.earlier?.kind === "synced" ? details(options.earlier) : undefined,
    toGoOn(event),
    closing(event),
  ];
  return {
    text: fallbackText(`${icon} ${event.application} ${says} on ${place}${event.reason === undefined ? "" : `: ${event.reason}`}`),
    blocks: blocks.filter((block) => block !== undefined),
  };
};

/** What a person can do about it. */
const toGoOn = ({ kind, application }: ApplicationEvent): SlackBlock | undefined => {
  const command = kind === "waiting-for-approval" ? "approve" : kind === "out-of-sync" ? "sync" : undefined;
  return command && section([`To go on: ${code(`npx fairlead ${command} ${application}`)}`]);
};

export const headlines: Readonly<Record<EventKind, { readonly icon: string; readonly says: string }>> = {
  running: { icon: "⏳", says: "is being synced" },
  synced: { icon: "✅", says: "is synced" },
  failed: { icon: "❌", says: "could not be synced" },
  healthy: { icon: "💚", says: "is healthy" },
  degraded: { icon: "🔥", says: "is degraded" },
  "drift-found": { icon: "👀", says: "has drifted from Git" },
  "drift-healed": { icon: "🩹", says: "had drifted and is healed" },
  "waiting-for-approval": { icon: "✋", says: "waits for a yes" },
  "out-of-sync": { icon: "🟡", says: "is out of sync" },
};

/** Commit with its link, its message's first line, and who brought it. */
export const origin = ({ kind, repository, revision, commit, trigger, pusher }: ApplicationEvent): SlackBlock | undefined => {
  const sha = commit?.sha ?? revision;
  const subject = oneLine(commit?.message.split("\n")[0] ?? "", 200);
  const author = oneLine(commit?.author ?? "", 100);
  const person = oneLine(pusher ?? "", 100);
  // Drift and health are nobody's push.
  const byPeople =
    kind === "running" || kind === "synced" || kind === "failed" || kind === "waiting-for-approval" || kind === "out-of-sync";
  const people = [
    ...(person === "" || !byPeople ? [] : [`${trigger === "manual" ? "asked for" : "pushed"} by ${person}`]),
    ...(author === "" || author === person || !byPeople ? [] : [`written by ${author}`]),
    ...(trigger === "self-heal" || trigger === "schedule" ? [trigger === "self-heal" ? "self-heal" : "seen by the scan"] : []),
  ];
  const elements = [
    ...(sha === "" ? [] : [mrkdwn(link(commitUrl(repository, sha), shortRevision(sha)))]),
    ...(subject === "" ? [] : [plain(subject)]),
    ...(people.length === 0 ? [] : [plain(people.join(", "))]),
  ];
  return elements.length === 0 ? undefined : { type: "context", elements };
};

/** Charts have versions instead of shas: those stay whole. */
const shortRevision = (revision: string): string => (/^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : oneLine(revision, 60));

const details = (event: ApplicationEvent): SlackBlock | undefined => {
  switch (event.kind) {
    case "running":
    case "healthy":
      return undefined;
    case "synced":
      return section([bold(countsLine(event)), ...objectLines(event)]);
    case "drift-found":
    case "drift-healed":
      return section(driftLines(event));
    case "failed":
    case "degraded":
    case "waiting-for-approval":
    case "out-of-sync":
      return reasonOf(event) ?? section(objectLines(event));
    default:
      return assertNever(event.kind);
  }
};

/** The reason in full, as far as Slack takes it: it names file and line, or the object and what the server said. */
const reasonOf = ({ reason }: ApplicationEvent): SlackBlock | undefined => {
  const text = severalLines(reason ?? "", 2_500);
  if (text === "") return undefined;
  return { type: "rich_text", elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text }] }] };
};

/** How long it took, where that says something. */
const closing = ({ kind, counts, durationMs, secondsSincePush, trigger, reason }: ApplicationEvent): SlackBlock | undefined => {
  if (kind === "drift-found" || kind === "running") return undefined;
  const fresh = trigger === "push" && secondsSincePush !== undefined && secondsSincePush < 3_600;
  const parts = [
    ...(kind === "failed" && counts.failed > 1 ? [`${counts.failed} objects failed`] : []),
    ...(durationMs === undefined ? [] : [`took ${seconds(durationMs / 1000)}`]),
    ...(fresh ? [`${seconds(secondsSincePush)} after the push`] : []),
    ...((kind === "synced" || kind === "drift-healed") && reason !== undefined ? [oneLine(reason, 300)] : []),
  ];
  return parts.length === 0 ? undefined : { type: "context", elements: [plain(parts.join(" · "))] };
};

const seconds = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;

const bold = (text: string): string => (text === "" ? "" : `*${text}*`);

const section = (lines: readonly string[]): SlackBlock | undefined => {
  const text = fittingLines(
    lines.filter((line) => line !== ""),
    sectionText,
  );
  return text === "" ? undefined : { type: "section", text: mrkdwn(text) };
};
