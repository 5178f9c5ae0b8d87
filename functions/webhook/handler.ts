import { handle } from "hono/aws-lambda";
import type { WebhookWorld } from "../../shared/webhook/ports.ts";
import { type WebhookOptions, webhookApp } from "./app.ts";

/** For function URLs and HTTP APIs; base64 bodies become the bytes they stand for before anything reads them. */
export const webhookHandler = (world: WebhookWorld, options: WebhookOptions) => handle(webhookApp(world, options));
