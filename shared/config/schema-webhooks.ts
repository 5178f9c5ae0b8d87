import * as z from "zod/mini";
import { defaultBodyBytes, largestBodyBytes, providerNames } from "../model/connection.ts";
import { about, optional, orElse, secretName, text, whole, word } from "./schema-fields.ts";

export const connectionField = z.strictObject({
  name: word("Name of the connection. Its webhook URL is /hooks/<name>, or /hooks/<name>-<suffix>."),
  suffix: optional(
    word("Random end of the webhook URL, so that nobody finds it by guessing. It is no secret: the signature is the proof."),
  ),
  provider: about("Which Git host sends: how its deliveries are signed and what they look like.", z.enum(providerNames)),
  secret: secretName(
    "Entry of the secret store with the webhook's secret in `value` (and `previous` while it is rotated; `username` for Azure DevOps).",
  ),
  repositories: about(
    "Repositories this connection may speak for. A push that names another one is refused.",
    z
      .array(
        text("Pattern over a URL without scheme and .git, such as github.com/acme/* (* stays within a path segment, ** crosses them)."),
      )
      .check(z.minLength(1, "is empty; list at least one pattern, or nobody can push through this connection")),
  ),
  pollSeconds: optional(
    whole(
      60,
      86_400,
      "How often the heads of these repositories are looked up, for webhooks that never came. Default: intervals.pollSeconds.",
    ),
  ),
  maxBodyBytes: orElse(whole(1, largestBodyBytes, "Largest delivery taken, in bytes."), defaultBodyBytes),
});

export const slackField = about(
  "Where built-in messages go: an incoming webhook, or a bot and its channel.",
  z.strictObject({
    name: word("Name of the destination."),
    webhookSecret: optional(secretName("Entry of the secret store with an incoming webhook's URL in `value`.")),
    tokenSecret: optional(
      secretName("Entry of the secret store with a bot token in `value`; the bot updates its message as an operation goes on."),
    ),
    channel: optional(text("Channel the bot writes to, such as #deployments; with `tokenSecret` only.")),
    projects: optional(about("Projects it hears of; all without it.", z.array(text("Name of a project.")))),
  }),
);
