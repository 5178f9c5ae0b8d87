import * as z from "zod/mini";
import type { Provider } from "../delivery.ts";
import { deliveryIdOf } from "../delivery-id.ts";
import { Person, parsedAs, refMoved, Sha, Text } from "../payload.ts";
import { sameBytes } from "../proof.ts";

/**
 * https://learn.microsoft.com/azure/devops/service-hooks/events#git.push — the subscription must send all resource details, else
 * `resource.repository` is missing.
 */
const Push = z.object({
  resource: z.object({
    refUpdates: z.array(z.object({ name: Text, oldObjectId: Sha, newObjectId: Sha })),
    repository: z.object({ remoteUrl: Text, sshUrl: z.optional(Text) }),
    pushedBy: z.optional(z.object({ displayName: Person })),
  }),
});

const Kind = z.object({ eventType: Text, id: z.catch(z.optional(z.string().check(z.regex(/^[\w-]{1,80}$/))), undefined) });

export const azureDevOps: Provider = {
  sendsForms: false,

  /** It signs nothing and logs in by HTTP basic instead. */
  verify(delivery, { username, value }) {
    const credentials = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(delivery.header("authorization") ?? "")?.[1] ?? "";
    return sameBytes(Buffer.from(credentials, "base64"), `${username}:${value}`);
  },

  parse(delivery, payload) {
    return parsedAs(Kind, payload, ({ eventType, id }) => {
      if (eventType !== "git.push") return { kind: "ignored", because: `event ${eventType}` };
      const deliveryId = id ?? deliveryIdOf(delivery);
      return parsedAs(Push, payload, ({ resource: { refUpdates, repository, pushedBy } }) => ({
        kind: "moved",
        refs: refUpdates.map(({ name, oldObjectId, newObjectId }) =>
          refMoved({
            urls: [repository.remoteUrl, repository.sshUrl],
            ref: name,
            before: oldObjectId,
            after: newObjectId,
            pusher: pushedBy?.displayName,
            deliveryId,
          }),
        ),
      }));
    });
  },
};
