import type { Connection } from "../../shared/model/connection.ts";
import { connectionPath } from "../../shared/model/connection.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import type { Outgoing } from "../../shared/ports/queue.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import type { Push } from "../../shared/state/refs.ts";
import type { Delivery } from "../../shared/webhook/delivery.ts";
import type { WebhookWorld } from "../../shared/webhook/ports.ts";

export const now = Date.parse("2026-05-04T10:00:00Z");

/** GitHub's documentation signs its example with this secret. */
export const octocat: Connection = {
  name: "octocat",
  provider: "github",
  secret: "webhooks/octocat",
  repositories: ["github.com/acme/*"],
};

export const connectionOf = (changes: Partial<Connection>): Connection => ({ ...octocat, ...changes });

export type SecretEntries = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A world in memory that remembers what was asked of it; `trouble` makes single ports fail. */
export const webhookWorld = (
  connections: readonly Connection[],
  secrets: SecretEntries,
  trouble: { readonly want?: (push: Push) => boolean; readonly send?: boolean; readonly secrets?: boolean } = {},
) => {
  const wanted: Push[] = [];
  const sent: PushMessage[] = [];
  const told: { readonly event: string; readonly facts: JsonObject }[] = [];
  const world: WebhookWorld = {
    connections: { find: async (path) => connections.find((connection) => connectionPath(connection) === path) },
    secrets: {
      read: async (name) => {
        if (trouble.secrets === true) throw new Error("secret store down");
        return secrets[name];
      },
    },
    refs: {
      want: async (push) => {
        if (trouble.want?.(push) === true) throw new Error("table down");
        const repeated = wanted.some(
          ({ repository, ref, deliveryId }) => repository === push.repository && ref === push.ref && deliveryId === push.deliveryId,
        );
        if (repeated) return "duplicate";
        wanted.push(push);
        return "recorded";
      },
    },
    pushes: {
      send: async (messages: readonly Outgoing<PushMessage>[]) => {
        if (trouble.send === true) throw new Error("queue down");
        sent.push(...messages.map(({ body }) => body));
      },
    },
    clock: { now: () => now },
    journal: { tell: (event, facts) => void told.push({ event, facts }) },
  };
  return { world, wanted, sent, told };
};

/** Headers by any case, as HTTP has them. */
export const deliveryOf = (headers: Readonly<Record<string, string>>, body: Uint8Array | string): Delivery => {
  const all = new Headers(headers);
  return { header: (name) => all.get(name) ?? undefined, body: typeof body === "string" ? Buffer.from(body) : body, at: now };
};
