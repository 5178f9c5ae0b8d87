import { GetSecretValueCommand, ResourceNotFoundException, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Failure } from "../../model/failure.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { clientOptions } from "../aws/clients.ts";
import { isRemoteTrouble } from "../aws/trouble.ts";
import { secretFields } from "./fields.ts";

export const openSecretsClient = (): SecretsManagerClient => new SecretsManagerClient(clientOptions);

/**
 * The secret store in AWS Secrets Manager; an entry's id there is `<prefix><name>`. Throws SecretForbidden, SecretInvalid and
 * SecretStoreUnavailable; an entry that is scheduled for deletion counts as absent.
 */
export const secretsManager = (client: SecretsManagerClient, prefix: string): Secrets => ({
  read: async (name) => {
    try {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: `${prefix}${name}` }));
      if (answer.SecretString === undefined) throw binary(name);
      return secretFields(name, answer.SecretString);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      if (!isRemoteTrouble(error)) throw error;
      if (error.name === "InvalidRequestException") return undefined;
      throw error.name === "AccessDeniedException" ? forbidden(name, prefix, error) : unavailable(name, error);
    }
  },
});

const binary = (name: string): Failure =>
  new Failure("SecretInvalid", name, `the secret ${name} holds binary data: store it as text or as one flat JSON object`);

const forbidden = (name: string, prefix: string, cause: Error): Failure =>
  new Failure(
    "SecretForbidden",
    name,
    `reading the secret ${name} is not allowed: grant secretsmanager:GetSecretValue on ${prefix}${name}`,
    {
      cause,
    },
  );

const unavailable = (name: string, cause: Error): Failure =>
  new Failure("SecretStoreUnavailable", name, `the secret store did not answer for ${name} (${cause.name}); it is asked again`, { cause });
