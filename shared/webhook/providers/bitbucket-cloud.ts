import * as z from "zod/mini";
import type { Provider } from "../delivery.ts";
import { deliveryIdOf } from "../delivery-id.ts";
import { Person, parsedAs, refMoved, Sha, Text } from "../payload.ts";
import { isHexSignature } from "../proof.ts";

const Side = z.object({ type: Text, name: Text, target: z.object({ hash: Sha }) });

/** https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Push — `new` is null on delete, `old` on create. */
const Push = z.object({
  push: z.object({ changes: z.array(z.object({ old: z.nullable(Side), new: z.nullable(Side) })) }),
  repository: z.object({ full_name: Text }),
  actor: z.optional(z.object({ display_name: Person, nickname: Person })),
});

const refOf = ({ type, name }: z.infer<typeof Side>): string =>
  `refs/${type === "tag" || type === "annotated_tag" ? "tags" : "heads"}/${name}`;

export const bitbucketCloud: Provider = {
  sendsForms: false,

  // X-Hook-UUID names the webhook to anyone who may list it: it proves nothing.
  verify: (delivery, secret) => isHexSignature(delivery.header("x-hub-signature"), "sha256=", secret, delivery.body),

  parse(delivery, payload) {
    const event = delivery.header("x-event-key") ?? "without a name";
    if (event !== "repo:push") return { kind: "ignored", because: `event ${event}` };
    return parsedAs(Push, payload, ({ push, repository, actor }) => {
      const deliveryId = deliveryIdOf(delivery, "x-request-uuid");
      const refs = push.changes.flatMap((change) => {
        const side = change.new ?? change.old;
        if (side === null) return [];
        return refMoved({
          // The host is known; links in the payload are not needed and not trusted.
          urls: [`https://bitbucket.org/${repository.full_name}`],
          ref: refOf(side),
          before: change.old?.target.hash,
          after: change.new?.target.hash,
          pusher: actor?.nickname ?? actor?.display_name,
          deliveryId,
        });
      });
      return { kind: "moved", refs };
    });
  },
};
