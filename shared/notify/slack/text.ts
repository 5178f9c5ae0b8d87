import type { Mrkdwn, PlainText } from "../../ports/slack.ts";

/**
 * Slack takes 3,000 characters a section (https://docs.slack.dev/reference/block-kit/blocks/section-block). All blocks together may have some
 * 13,200 as JSON (`msg_blocks_too_long`, undocumented): the longest message of ours stays below 12,000 even where JSON doubles each of them.
 */
export const sectionText = 3_000;

/** One line of foreign text: no control characters, none that turn or hide text, no broken surrogates, at most `length` characters. */
export const oneLine = (text: string, length: number): string => shorten(visible(text).replace(/\s+/g, " ").trim(), length);

/** Several lines of foreign text, with their line breaks. */
export const severalLines = (text: string, length: number): string => shorten(visible(text.replace(/\r\n?/g, "\n")).trim(), length);

/** Without Unicode's control, format and surrogate classes, but for line feed and tab: bidi overrides, zero-width characters, half characters. */
const visible = (text: string): string => text.replace(/[^\P{C}\n\t]/gu, "");

const shorten = (text: string, length: number): string => {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
};

/** Slack's three control characters; without them no mention, link or command can begin: https://docs.slack.dev/messaging/formatting-message-text */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Foreign text within mrkdwn, in code: a backtick would end it, so it becomes an apostrophe. Slack takes no empty code. */
export const code = (text: string, length = 253): string => `\`${escaped(named(oneLine(text, length).replaceAll("`", "'")))}\``;

/** A link with foreign text as its label, `url` from `safeUrl` or our own; plain code where there is no URL. */
export const link = (url: string | undefined, label: string): string =>
  url === undefined
    ? code(label)
    : `<${escaped(url).replaceAll("|", "%7C")}|${escaped(named(oneLine(oneLine(label, 253).replace(/[|*_~`]/g, " "), 253)))}>`;

const named = (text: string): string => (text === "" ? "?" : text);

/** Only http(s), nothing that could break out of a link, no credentials. */
export const safeUrl = (text: string): string | undefined => {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  url.username = "";
  url.password = "";
  return url.href.length > 2_000 ? undefined : url.href.replaceAll("<", "%3C").replaceAll(">", "%3E");
};

/** The notification's one line: foreign parts must be escaped here as well. */
export const fallbackText = (text: string): string => escaped(oneLine(text, 300));

export const mrkdwn = (text: string): Mrkdwn => ({ type: "mrkdwn", text, verbatim: true });
export const plain = (text: string): PlainText => ({ type: "plain_text", text, emoji: false });

/** As many whole lines as fit, and how many did not: a line cut in half could leave markup open. */
export const fittingLines = (lines: readonly string[], length: number): string => {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines) {
    if (size + line.length + 1 > length - 30) break;
    kept.push(line);
    size += line.length + 1;
  }
  const left = lines.length - kept.length;
  return [...kept, ...(left > 0 ? [`… and ${left} more`] : [])].join("\n");
};
