import * as z from "zod/mini";
import type { Provider } from "../delivery.ts";
import { deliveryIdOf } from "../delivery-id.ts";
import { Person, parsedAs, refMoved, Sha, Text } from "../payload.ts";
import { isHexSignature } from "../proof.ts";

const Change = z.object({ ref: z.object({ id: Text }), fromHash: Sha, toHash: Sha });

/** https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html — clone links are there for people who may read. */
const Push = z.object({
  changes: z.array(Change),
  repository: z.object({ links: z.object({ clone: z.array(z.object({ href: Text })) }) }),
  actor: z.optional(z.object({ name: Person })),
});

export const bitbucketDataCenter: Provider = {
  sendsForms: false,

  verify: (delivery, secret) => isHexSignature(delivery.header("x-hub-signature"), "sha256=", secret, delivery.body),

  parse(delivery, payload) {
    const event = delivery.header("x-event-key") ?? "without a name";
    if (event !== "repo:refs_changed") return { kind: "ignored", because: `event ${event}` };
    return parsedAs(Push, payload, ({ changes, repository, actor }) => {
      const deliveryId = deliveryIdOf(delivery, "x-request-id");
      const urls = repository.links.clone.map(({ href }) => href);
      const refs = changes.map(({ ref, fromHash, toHash }) =>
        refMoved({ urls, ref: ref.id, before: fromHash, after: toHash, pusher: actor?.name, deliveryId }),
      );
      return { kind: "moved", refs };
    });
  },
};
