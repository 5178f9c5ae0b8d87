import { createHash, createHmac } from "node:crypto";

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface Presignable {
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Signed besides `host`; lower-case names. Whoever redeems the URL has to send them with these values. */
  readonly headers: Readonly<Record<string, string>>;
  readonly region: string;
  readonly service: string;
  readonly expiresSeconds: number;
  /** Hex sha256 of the body; that of no body when absent. */
  readonly payloadHash?: string;
}

/** A presigned GET by AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export const presignUrl = (request: Presignable, credentials: AwsCredentials, now: Date): string => {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${request.region}/${request.service}/aws4_request`;
  const headers = Object.entries({ host: request.host, ...request.headers }).toSorted(byName);
  const signedHeaders = headers.map(([name]) => name).join(";");
  const query = Object.entries({
    ...request.query,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${credentials.accessKeyId}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(request.expiresSeconds),
    ...(credentials.sessionToken !== undefined && { "X-Amz-Security-Token": credentials.sessionToken }),
    "X-Amz-SignedHeaders": signedHeaders,
  })
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");

  const headerLines = headers.map(([name, value]) => `${name}:${value.trim()}\n`).join("");
  const canonical = ["GET", request.path, query, headerLines, signedHeaders, request.payloadHash ?? sha256("")].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const signingKey = scope.split("/").reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${credentials.secretAccessKey}`);
  return `https://${request.host}${request.path}?${query}&X-Amz-Signature=${hmac(signingKey, toSign).toString("hex")}`;
};

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

/** RFC 3986: what encodeURIComponent leaves alone but the signature does not. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
