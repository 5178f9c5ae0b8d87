import type { Block } from "./slack-blocks.ts";

export interface ShownMessage {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly edited: boolean;
}

/** The messages as people would see them in Slack, newest first. */
export const slackPage = (messages: readonly ShownMessage[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Slack, as it would look</title>
<style>${style}</style></head>
<body><main><h1>What people read in Slack</h1>${messages.length === 0 ? "<p>Nothing yet. Push something.</p>" : ""}
${messages.toReversed().map(article).join("\n")}
</main><script>${refresh}</script></body></html>`;

const article = ({ channel, ts, blocks, text, edited }: ShownMessage): string =>
  `<article><header>Fairlead <span>in ${escaped(channel)} at ${timeOf(ts)}${edited ? " (edited)" : ""}</span></header>${
    blocks.length === 0 ? `<p>${mrkdwn(text)}</p>` : blocks.map(blockHtml).join("")
  }</article>`;

const timeOf = (ts: string): string => new Date(Number(ts) * 1000).toISOString().slice(11, 19);

const blockHtml = (block: Block): string => {
  switch (block.type) {
    case "section":
      return [block.text, ...(block.fields ?? [])].map((text) => (text === undefined ? "" : `<p>${textHtml(text)}</p>`)).join("");
    case "context":
      return `<small>${block.elements.map(textHtml).join(" · ")}</small>`;
    case "header":
      return `<h2>${escaped(block.text.text)}</h2>`;
    case "divider":
      return "<hr>";
    case "rich_text":
      return block.elements
        .map(({ type, elements }) => {
          const text = elements.map((element) => escaped("text" in element ? (element.text ?? "") : "")).join("");
          return type === "rich_text_preformatted" ? `<pre>${text}</pre>` : `<p>${text}</p>`;
        })
        .join("");
  }
};

const textHtml = (text: { readonly type: "plain_text" | "mrkdwn"; readonly text: string }): string =>
  text.type === "plain_text" ? escaped(text.text) : mrkdwn(text.text);

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Slack's own entities, links, mentions, code and bold; everything else is text. */
const mrkdwn = (text: string): string =>
  text
    .split(/(<[^<>\n]+>|`[^`\n]+`)/)
    .map((part) => {
      if (part.startsWith("<") && part.endsWith(">")) return special(part.slice(1, -1));
      if (part.startsWith("`") && part.length > 1) return `<code>${entities(part.slice(1, -1))}</code>`;
      return entities(part).replaceAll("\n", "<br>").replaceAll("*", "");
    })
    .join("");

const special = (inner: string): string => {
  const [target = "", label = target] = inner.split("|");
  if (/^[!@#]/.test(target)) return `<mark>${escaped(target)}</mark>`;
  return /^https?:\/\//.test(target) ? `<a href="${escaped(plain(target))}" rel="noreferrer">${entities(label)}</a>` : escaped(inner);
};

const plain = (text: string): string => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const entities = (text: string): string => escaped(plain(text));

/** The page asks for itself again and swaps what it shows, so that reading on does not jump. */
const refresh = `setInterval(async () => {
  const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
  const main = document.querySelector("main"), next = page.querySelector("main");
  if (main.innerHTML !== next.innerHTML) main.replaceWith(next);
}, 1500);`;

const style = `:root { color-scheme: light dark; --line: #8884; --soft: #777; --code: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 46rem; padding: 0 1rem; }
article { border: 1px solid var(--line); border-left: 4px solid #36c; border-radius: 6px; margin: 1rem 0; padding: .6rem 1rem; }
header { font-weight: 600 } header span, small { color: var(--soft); font-weight: 400 }
p { margin: .3rem 0 } pre, code { background: var(--code); border-radius: 4px; font: 13px/1.4 ui-monospace, monospace; }
code { padding: 0 .25em } pre { overflow-x: auto; padding: .6rem; white-space: pre-wrap } mark { background: #fc06 }
@media (prefers-color-scheme: dark) { :root { --soft: #aaa } body { background: #1a1d21; color: #d1d2d3 } a { color: #6cb6ff } }`;
