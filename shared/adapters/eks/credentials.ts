import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { EksAddress } from "../../model/cluster.ts";
import { clientOptions } from "../aws/clients.ts";
import { definedOnly } from "../aws/trouble.ts";
import { failureOfAws } from "./failures.ts";
import type { AwsCredentials } from "./presign.ts";

/** The function's own credentials, or those of the role that the cluster's record names, asked for again before they end. */
export const credentialsFor = (cluster: string, { roleArn, externalId }: EksAddress, region: string): (() => Promise<AwsCredentials>) => {
  const sts = new STSClient({ ...clientOptions, region });
  return roleArn === undefined ? () => ownCredentials(cluster, sts) : assumed(cluster, sts, roleArn, externalId);
};

const ownCredentials = async (cluster: string, sts: STSClient): Promise<AwsCredentials> => {
  try {
    return await sts.config.credentials();
  } catch (error) {
    throw failureOfAws(cluster, "finding AWS credentials", error);
  }
};

/** Before the credentials end; STS gives an hour. */
const RENEW_MS = 5 * 60_000;

const assumed = (cluster: string, sts: STSClient, roleArn: string, externalId: string | undefined): (() => Promise<AwsCredentials>) => {
  let current: Promise<AwsCredentials> | undefined;

  const assume = async (): Promise<AwsCredentials> => {
    const what = `assuming role ${roleArn}`;
    const input = { RoleArn: roleArn, RoleSessionName: "fairlead", ...definedOnly({ ExternalId: externalId }) };
    const answer = await sts.send(new AssumeRoleCommand(input)).catch((error: unknown) => {
      throw failureOfAws(cluster, what, error);
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined)
      throw failureOfAws(cluster, what, new Error("the answer has no credentials"));
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...definedOnly({ sessionToken: SessionToken, expiration: Expiration }),
    };
  };

  return async () => {
    const known = await current?.catch(() => undefined);
    if (known && (known.expiration?.getTime() ?? 0) - Date.now() > RENEW_MS) return known;
    current = assume();
    return current;
  };
};
