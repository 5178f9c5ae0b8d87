import { type Context, Hono } from "hono";
import type { WebhookWorld } from "../../shared/webhook/ports.ts";
import { type Answer, receivePush, tooLarge } from "../../shared/webhook/receive-push.ts";
import { readBody } from "./body.ts";

export interface WebhookOptions {
  /** The largest `maxBodyBytes` of all connections: one limit before any is looked up, so that it tells nothing about them. */
  readonly maxBodyBytes: number;
  /** `connectionPath` of the connection that Argo CD's `/api/webhook` stands for. */
  readonly alias?: string;
}

/** `POST /hooks/<connection>`, and `/api/webhook` as another name of one of them. */
export const webhookApp = (world: WebhookWorld, options: WebhookOptions): Hono => {
  const receive = async (context: Context, path: string): Promise<Response> => {
    const body = await readBody(context.req.raw, options.maxBodyBytes);
    if (body === "too large") return reply(context, tooLarge);
    if (body === "broken off") return context.json({ error: "body broken off" }, 400);
    const delivery = { header: (name: string) => context.req.header(name), body, at: world.clock.now() };
    return reply(context, await receivePush(path, delivery, world));
  };

  const { alias } = options;
  const app = new Hono();
  app.post("/hooks/:connection", (context) => receive(context, context.req.param("connection")));
  if (alias !== undefined) app.post("/api/webhook", (context) => receive(context, alias));
  app.notFound((context) => context.json({ error: "not found" }, 404));
  app.onError((error, context) => {
    world.journal.tell("webhook-failed", { reason: String(error) });
    return context.json({ error: "not recorded, please deliver again" }, 503);
  });
  return app;
};

const reply = (context: Context, { status, body }: Answer): Response => context.json(body, status);
