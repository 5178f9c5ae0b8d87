import { createHash } from "node:crypto";
import { type ServerType, serve } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { checkMessage } from "./slack-blocks.ts";
import { type ShownMessage, slackPage } from "./slack-page.ts";

export interface SlackStandIn {
  /** The page with the messages. */
  readonly url: string;
  readonly webhookUrl: string;
  /** In place of https://slack.com/api */
  readonly apiUrl: string;
  /** The bot's token. */
  readonly token: string;
  /** All messages as they stand now, oldest first. */
  messages(): readonly ShownMessage[];
  /** The next requests are answered by this instead; a status of 429 has `Retry-After: 1` unless said otherwise. */
  answerNext(...answers: readonly Trouble[]): void;
  stop(): Promise<void>;
}

export interface Trouble {
  readonly status: number;
  readonly retryAfter?: number;
  readonly text?: string;
  readonly location?: string;
  /** The message is taken all the same: its answer was lost on the way. */
  readonly takesMessage?: boolean;
}

const token = "xoxb-stand-in";
const webhookPath = "/services/T0000000/B0000000/stand-in";

/** Messages kept; the page shows them all. */
const kept = 500;

/** A Slack on loopback: an incoming webhook, `chat.postMessage` and `chat.update` with Slack's documented limits and error words. */
export const startSlack = async (options: { readonly port?: number } = {}): Promise<SlackStandIn> => {
  const messages: ShownMessage[] = [];
  const troubles: Trouble[] = [];
  const { server, port } = await listen(slackApp(messages, troubles), options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    webhookUrl: `${url}${webhookPath}`,
    apiUrl: `${url}/api`,
    token,
    messages: () => [...messages],
    answerNext: (...answers) => void troubles.push(...answers),
    stop: async () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

const listen = (app: Hono, port: number): Promise<{ readonly server: ServerType; readonly port: number }> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, (info) => resolve({ server, port: info.port }));
    server.once("error", reject);
  });

const slackApp = (messages: ShownMessage[], troubles: Trouble[]): Hono => {
  let counter = 0;
  const keep = (message: Omit<ShownMessage, "ts" | "edited">): ShownMessage => {
    const ts = `${Math.floor(Date.now() / 1000)}.${String(++counter).padStart(6, "0")}`;
    const shown = { ...message, ts, edited: false };
    messages.push(shown);
    messages.splice(0, messages.length - kept);
    return shown;
  };

  const app = new Hono();
  app.use("/services/*", troubled(troubles));
  app.use("/api/*", troubled(troubles));

  app.get("/", (context) => context.html(slackPage(messages), 200, { "Content-Security-Policy": policy }));

  app.post("/services/*", async (context) => {
    if (context.req.path !== webhookPath) return context.text("no_service", 404);
    const body = await json(context);
    if (body === undefined) return context.text("invalid_payload", 400);
    const checked = checkMessage(body);
    if ("error" in checked) return context.text(checked.error, 400);
    keep({ channel: "#deployments", ...checked });
    return context.text("ok");
  });

  app.post("/api/chat.postMessage", async (context) => {
    const body = await authorised(context);
    if ("error" in body) return context.json({ ok: false, ...body });
    const checked = checkMessage(body.fields);
    if ("error" in checked) return context.json({ ok: false, ...checked });
    const { channel } = body.fields;
    if (typeof channel !== "string" || channel === "" || channel === "#nowhere")
      return context.json({ ok: false, error: "channel_not_found" });
    const { ts } = keep({ channel, ...checked });
    return context.json({ ok: true, channel: channelId(channel), ts });
  });

  app.post("/api/chat.update", async (context) => {
    const body = await authorised(context);
    if ("error" in body) return context.json({ ok: false, ...body });
    const { channel, ts } = body.fields;
    const at = messages.findIndex((message) => message.ts === ts && channelId(message.channel) === channel);
    const old = messages[at];
    if (old === undefined) return context.json({ ok: false, error: "message_not_found" });
    const checked = checkMessage(body.fields);
    if ("error" in checked) return context.json({ ok: false, ...checked });
    messages[at] = { ...old, ...checked, edited: true };
    return context.json({ ok: true, channel, ts });
  });
  return app;
};

const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";

/** Slack has ids for channels, and updates take nothing else. */
const channelId = (name: string): string =>
  /^C[0-9A-Z]{8,}$/.test(name) ? name : `C${createHash("sha256").update(name).digest("hex").slice(0, 10).toUpperCase()}`;

const json = async (context: Context): Promise<object | undefined> => {
  const body: unknown = await context.req.json().catch(() => undefined);
  return typeof body === "object" && body !== null ? body : undefined;
};

type Authorised = { readonly fields: Readonly<Record<string, unknown>> } | { readonly error: string };

const authorised = async (context: Context): Promise<Authorised> => {
  const header = context.req.header("authorization");
  if (header === undefined) return { error: "not_authed" };
  if (header !== `Bearer ${token}`) return { error: "invalid_auth" };
  const body = await json(context);
  return body === undefined ? { error: "invalid_json" } : { fields: Object.fromEntries(Object.entries(body)) };
};

/** Answers with the next trouble, if any. */
const troubled = (troubles: Trouble[]) => async (context: Context, next: () => Promise<void>) => {
  const trouble = troubles.shift();
  if (trouble === undefined) return next();
  if (trouble.takesMessage === true) await next();
  const headers = new Headers({ "Content-Type": "text/plain" });
  if (trouble.status === 429) headers.set("Retry-After", String(trouble.retryAfter ?? 1));
  if (trouble.location !== undefined) headers.set("Location", trouble.location);
  context.res = new Response(trouble.text ?? "", { status: trouble.status, headers });
};
