import { Failure } from "../../model/failure.ts";
import { type AwsCredentials, presignUrl } from "./presign.ts";

const PREFIX = "k8s-aws-v1.";
/** EKS accepts a token for 15 min from its date and reads no more than this of it. */
const TOKEN_BYTES = 4096;
const TOKEN_LIFE_MS = 10 * 60_000;
/** A token dies with the credentials that signed it. */
const MARGIN_MS = 60_000;
/** Several requests refused at once want one new token between them. */
const FRESH_MS = 2_000;

/** A token that lets the holder of the credentials into that one cluster: a presigned question "who am I" that only says so to it. */
export const eksToken = (cluster: string, region: string, credentials: AwsCredentials, now: Date): string => {
  const url = presignUrl(
    {
      host: stsHost(region),
      path: "/",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { "x-k8s-aws-id": cluster },
      region,
      service: "sts",
      expiresSeconds: 60,
    },
    credentials,
    now,
  );
  const token = PREFIX + Buffer.from(url).toString("base64url");
  if (token.length < TOKEN_BYTES) return token;
  const message = `The token for EKS cluster ${cluster} has ${token.length} bytes and EKS takes fewer than ${TOKEN_BYTES}: the role's session carries too large a policy or too many tags.`;
  throw new Failure("ClusterForbidden", cluster, message);
};

/** Domains of the partitions, by how their regions begin. */
const domains: readonly (readonly [prefix: string, domain: string])[] = [
  ["cn-", "amazonaws.com.cn"],
  ["us-iso-", "c2s.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["us-isof-", "csp.hci.ic.gov"],
  ["eu-isoe-", "cloud.adc-e.uk"],
  ["eusc-", "amazonaws.eu"],
];

/** The regional host: the global one is slower, and cannot be reached from every partition or subnet. */
export const stsHost = (region: string): string => {
  const [, domain] = domains.find(([prefix]) => region.startsWith(prefix)) ?? ["", "amazonaws.com"];
  return `sts.${region}.${domain}`;
};

/** Tokens kept for at most 10 min, and made anew when the cluster refused the last one. */
export const tokensFor = (
  cluster: string,
  region: string,
  credentials: () => Promise<AwsCredentials>,
  now: () => number,
): ((options: { readonly fresh: boolean }) => Promise<string>) => {
  let last: { readonly token: Promise<string>; readonly mintedAt: number; until: number } | undefined;

  const mint = (): Promise<string> => {
    const mintedAt = now();
    const made = { mintedAt, until: mintedAt + TOKEN_LIFE_MS, token: Promise.resolve("") };
    const token = credentials().then((found) => {
      made.until = Math.min(made.until, (found.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - MARGIN_MS);
      return eksToken(cluster, region, found, new Date(now()));
    });
    token.catch(() => {
      if (last?.token === token) last = undefined;
    });
    last = Object.assign(made, { token });
    return token;
  };

  return ({ fresh }) => {
    const usable = last !== undefined && now() < last.until && !(fresh && now() - last.mintedAt > FRESH_MS);
    return usable && last !== undefined ? last.token : mint();
  };
};
