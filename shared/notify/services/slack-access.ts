import { Failure } from "../../model/failure.ts";
import type { Secrets } from "../../ports/secrets.ts";
import type { SlackAccess } from "../../ports/slack.ts";

/** The webhook's URL or the bot's token. Throws SecretMissing. */
export const slackAccess = async (secrets: Secrets, secret: string, what: string): Promise<SlackAccess> => {
  const credential = (await secrets.read(secret))?.value?.trim() ?? "";
  if (credential === "") throw new Failure("SecretMissing", secret, `the secret ${secret} has no value; put ${what} there`);
  return { credential, secret };
};
