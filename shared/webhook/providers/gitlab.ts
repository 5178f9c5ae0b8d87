import * as z from "zod/mini";
import type { Delivery, Provider } from "../delivery.ts";
import { deliveryIdOf } from "../delivery-id.ts";
import { Person, parsedAs, refMoved, Sha, Text } from "../payload.ts";
import { hmacSha256, sameBytes } from "../proof.ts";

const Project = z.object({ git_http_url: Text, git_ssh_url: z.optional(Text), web_url: z.optional(Text) });

/** Project, group and system hooks: https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events */
const Push = z.object({ ref: Text, before: Sha, after: Sha, project: Project, user_username: Person, user_name: Person });

/** System hooks tell once about all refs of a push: https://docs.gitlab.com/administration/system_hooks/ */
const RepositoryUpdate = z.object({
  project: Project,
  changes: z.array(z.object({ ref: Text, before: Sha, after: Sha })),
  user_name: Person,
});

const Kind = z.object({ object_kind: z.optional(z.string()), event_name: z.optional(z.string()) });

const urlsOf = ({ git_http_url, git_ssh_url, web_url }: z.infer<typeof Project>) => [git_http_url, git_ssh_url, web_url];

export const gitlab: Provider = {
  sendsForms: false,

  /**
   * A signing token (`whsec_…`) is checked as a signature and a secret token as such, each by its own header: who has switched to signing
   * cannot be talked back into the plain token.
   */
  verify: (delivery, { value }) =>
    value.startsWith("whsec_") ? isSigned(delivery, value) : sameBytes(delivery.header("x-gitlab-token") ?? "", value),

  parse(delivery, payload) {
    return parsedAs(Kind, payload, ({ object_kind, event_name }) => {
      const deliveryId = deliveryIdOf(delivery, "webhook-id", "idempotency-key", "x-gitlab-event-uuid");
      const kind = object_kind ?? event_name ?? "without a name";
      if (kind === "push" || kind === "tag_push")
        return parsedAs(Push, payload, ({ ref, before, after, project, user_username, user_name }) => ({
          kind: "moved",
          refs: [refMoved({ urls: urlsOf(project), ref, before, after, pusher: user_username ?? user_name, deliveryId })],
        }));
      if (kind === "repository_update")
        return parsedAs(RepositoryUpdate, payload, ({ changes, project, user_name }) => ({
          kind: "moved",
          refs: changes.map((change) => refMoved({ urls: urlsOf(project), ...change, pusher: user_name, deliveryId })),
        }));
      return { kind: "ignored", because: `event ${kind}` };
    });
  },
};

/** Seconds by which the sender's clock may differ from ours: Standard Webhooks' own five minutes. */
const tolerance = 5 * 60;

/** Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`; the header may list several signatures while the sender rotates its key. */
const isSigned = (delivery: Delivery, token: string): boolean => {
  const id = delivery.header("webhook-id") ?? "";
  const timestamp = delivery.header("webhook-timestamp") ?? "";
  const key = Buffer.from(token.slice("whsec_".length), "base64");
  // The specification asks for 24 to 64 bytes; a shorter key is a slip of the hand, not a secret.
  if (key.length < 24 || id === "" || !/^[0-9]{1,12}$/.test(timestamp)) return false;
  if (Math.abs(delivery.at / 1000 - Number(timestamp)) > tolerance) return false;
  const expected = `v1,${hmacSha256(key, `${id}.${timestamp}.`, delivery.body).toString("base64")}`;
  const offered = (delivery.header("webhook-signature") ?? "").split(" ", mostSignatures);
  return offered.filter((signature) => sameBytes(signature, expected)).length > 0;
};

const mostSignatures = 8;
