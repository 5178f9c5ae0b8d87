import * as z from "zod/mini";
import type { Provider } from "../delivery.ts";
import { deliveryIdOf } from "../delivery-id.ts";
import { Person, parsedAs, refMoved, Sha, Text } from "../payload.ts";
import { isHexSignature } from "../proof.ts";

/** https://docs.gitea.com/usage/repository/webhooks and https://forgejo.org/docs/latest/user/webhooks/ */
const Push = z.object({
  ref: Text,
  before: Sha,
  after: Sha,
  repository: z.object({ clone_url: Text, ssh_url: z.optional(Text), html_url: z.optional(Text) }),
  pusher: z.optional(z.object({ login: Person, username: Person })),
});

/** `create` and `delete` name the ref by its short name; Gitea sends them where no `push` comes, as for a deleted branch. */
const Named = z.object({
  ref: Text,
  ref_type: z.enum(["branch", "tag"]),
  sha: z.catch(z.optional(Sha), undefined),
  repository: Push.shape.repository,
  sender: z.optional(z.object({ login: Person })),
});

/** Gitea and Forgejo. They also send GitHub's and Gogs's headers, which is why the connection says who it is. */
export const gitea: Provider = {
  sendsForms: true,

  verify: (delivery, secret) =>
    isHexSignature(delivery.header("x-forgejo-signature") ?? delivery.header("x-gitea-signature"), "", secret, delivery.body),

  parse(delivery, payload) {
    const event = delivery.header("x-forgejo-event") ?? delivery.header("x-gitea-event") ?? "without a name";
    const deliveryId = deliveryIdOf(delivery, "x-forgejo-delivery", "x-gitea-delivery");
    if (event === "push")
      return parsedAs(Push, payload, ({ ref, before, after, repository, pusher }) => ({
        kind: "moved",
        refs: [refMoved({ urls: urlsOf(repository), ref, before, after, pusher: pusher?.login ?? pusher?.username, deliveryId })],
      }));
    if (event === "create" || event === "delete")
      return parsedAs(Named, payload, ({ ref, ref_type, sha, repository, sender }) => {
        const name = ref.startsWith("refs/") ? ref : `refs/${ref_type === "tag" ? "tags" : "heads"}/${ref}`;
        const after = event === "delete" ? undefined : sha;
        return {
          kind: "moved",
          refs: [refMoved({ urls: urlsOf(repository), ref: name, before: undefined, after, pusher: sender?.login, deliveryId })],
        };
      });
    return { kind: "ignored", because: `event ${event}` };
  },
};

const urlsOf = ({ clone_url, ssh_url, html_url }: z.infer<typeof Push>["repository"]) => [clone_url, ssh_url, html_url];
