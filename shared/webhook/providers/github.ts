import { isUtf8 } from "node:buffer";
import type { EmitterWebhookEventName } from "@octokit/webhooks";
import { verify } from "@octokit/webhooks-methods";
import * as z from "zod/mini";
import type { Provider } from "../delivery.ts";
import { deliveryIdOf } from "../delivery-id.ts";
import { Person, parsedAs, refMoved, Sha, Text } from "../payload.ts";

/** GitHub and GitHub Enterprise: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
export const GitHubPush = z.object({
  ref: Text,
  before: Sha,
  after: Sha,
  repository: z.object({ clone_url: Text, ssh_url: z.optional(Text), html_url: z.optional(Text) }),
  pusher: z.optional(z.object({ name: Person })),
});

const push: EmitterWebhookEventName = "push";

export const github: Provider = {
  sendsForms: true,

  async verify(delivery, secret) {
    const signature = delivery.header("x-hub-signature-256");
    // The library signs text: bytes that are no UTF-8 would be signed after replacement, so they are refused here.
    if (signature === undefined || signature === "" || delivery.body.length === 0 || !isUtf8(delivery.body)) return false;
    return verify(secret.value, Buffer.from(delivery.body).toString("utf8"), signature);
  },

  parse(delivery, payload) {
    const event = delivery.header("x-github-event") ?? "without a name";
    // Branches and tags that come or go are pushes too, so `create` and `delete` add nothing.
    if (event !== push) return { kind: "ignored", because: `event ${event}` };
    return parsedAs(GitHubPush, payload, ({ ref, before, after, repository, pusher }) => ({
      kind: "moved",
      refs: [
        refMoved({
          urls: [repository.clone_url, repository.ssh_url, repository.html_url],
          ref,
          before,
          after,
          pusher: pusher?.name,
          deliveryId: deliveryIdOf(delivery, "x-github-delivery"),
        }),
      ],
    }));
  },
};
