import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import * as z from "zod";
import { listen } from "./listen.ts";

/** A principal that may sign: who it is to Kubernetes once its token holds. */
export interface KnownPrincipal {
  readonly secretAccessKey: string;
  readonly username: string;
  readonly groups: readonly string[];
}

export interface VerifierOptions {
  /** The cluster it guards: tokens are bound to its name. */
  readonly cluster: string;
  readonly region: string;
  readonly principals: Readonly<Record<string, KnownPrincipal>>;
}

const TokenReview = z.object({ spec: z.object({ token: z.string() }) });
const allowed = [
  "Action",
  "Version",
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-Security-Token",
  "X-Amz-Signature",
  "X-Amz-SignedHeaders",
];

/**
 * What EKS's authenticator and STS do together, for a kube-apiserver's token webhook: reads the presigned request out of the token, computes
 * its signature again with the secret it knows, and says who signed. Knows nothing of the code it checks.
 */
export const startEksVerifier = async (
  options: VerifierOptions,
): Promise<{ readonly url: string; readonly refusals: readonly string[]; close(): void }> => {
  const refusals: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { token } = TokenReview.parse(JSON.parse(Buffer.concat(chunks).toString("utf8"))).spec;
    const verdict = verify(token, options, Date.now());
    if (typeof verdict === "string") refusals.push(verdict);
    const status =
      typeof verdict === "string"
        ? { authenticated: false, error: verdict }
        : { authenticated: true, user: { username: verdict.username, groups: verdict.groups } };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", status }));
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}/`, refusals, close: () => server.close() };
};

/** The principal, or why not. */
export const verify = (token: string, { cluster, region, principals }: VerifierOptions, now: number): KnownPrincipal | string => {
  if (token.length > 4096) return "too long";
  if (!/^k8s-aws-v1\.[A-Za-z0-9_-]+$/.test(token)) return "not an EKS token";
  const url = new URL(Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString("utf8"));
  if (url.protocol !== "https:" || url.host !== `sts.${region}.amazonaws.com` || url.pathname !== "/") return `not STS: ${url.host}`;
  const names = [...url.searchParams.keys()];
  if (names.some((name) => !allowed.includes(name)) || new Set(names).size !== names.length)
    return "a parameter that does not belong there";
  const parameter = (name: string): string => url.searchParams.get(name) ?? "";
  if (parameter("Action") !== "GetCallerIdentity") return "another action";
  if (Number(parameter("X-Amz-Expires")) > 900) return "expires too late";
  if (!parameter("X-Amz-SignedHeaders").split(";").includes("x-k8s-aws-id")) return "the cluster is not signed";

  const date = parameter("X-Amz-Date");
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(now - signedAt) <= 15 * 60_000)) return "expired";
  const [accessKey = "", ...scope] = parameter("X-Amz-Credential").split("/");
  const principal = principals[accessKey];
  if (!principal) return "unknown access key";
  if (scope.join("/") !== `${date.slice(0, 8)}/${region}/sts/aws4_request`) return "another scope";

  const unsigned = url.search
    .slice(1)
    .split("&")
    .filter((pair) => !pair.startsWith("X-Amz-Signature="))
    .sort()
    .join("&");
  const canonical = `GET\n/\n${unsigned}\nhost:${url.host}\nx-k8s-aws-id:${cluster}\n\nhost;x-k8s-aws-id\n${createHash("sha256").digest("hex")}`;
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope.join("/")}\n${createHash("sha256").update(canonical).digest("hex")}`;
  let key: Buffer = Buffer.from(`AWS4${principal.secretAccessKey}`);
  for (const part of scope) key = createHmac("sha256", key).update(part).digest();
  const expected = createHmac("sha256", key).update(toSign).digest();
  const given = Buffer.from(parameter("X-Amz-Signature"), "hex");
  return given.length === expected.length && timingSafeEqual(given, expected) ? principal : "wrong signature";
};
