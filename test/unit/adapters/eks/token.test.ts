import { STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { locate } from "../../../../shared/adapters/eks/clusters.ts";
import { presignUrl } from "../../../../shared/adapters/eks/presign.ts";
import { eksToken, stsHost, tokensFor } from "../../../../shared/adapters/eks/token.ts";
import { verify } from "../../../support/eks-verifier.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const now = new Date("2026-11-21T04:35:00Z");
const signatureOf = (url: string): string | null => new URL(url).searchParams.get("X-Amz-Signature");

describe("a presigned request", () => {
  it("has the signature of AWS's own example, a presigned ListUsers", () => {
    const request = {
      host: "iam.amazonaws.com",
      path: "/",
      query: { Action: "ListUsers", Version: "2010-05-08" },
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      region: "us-east-1",
      service: "iam",
      expiresSeconds: 60,
    };
    const at = new Date("2015-08-30T12:36:00Z");
    const url = presignUrl(request, credentials, at);
    expect(signatureOf(url)).toBe("37ac2f4fde00b0ac9bd9eadeb459b1bbee224158d66e7ae5fcadb70b2d181d02");
    const otherOrder = { ...request, query: { Version: "2010-05-08", Action: "ListUsers" } };
    expect(presignUrl(otherOrder, credentials, at)).toBe(url);
  });

  it("has the signature of the S3 guide's example, a presigned GET of test.txt", () => {
    const request = {
      host: "examplebucket.s3.amazonaws.com",
      path: "/test.txt",
      query: {},
      headers: {},
      region: "us-east-1",
      service: "s3",
      expiresSeconds: 86_400,
      payloadHash: "UNSIGNED-PAYLOAD",
    };
    const example = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
    const url = presignUrl(request, example, new Date("2013-05-24T00:00:00Z"));
    expect(signatureOf(url)).toBe("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  });

  it("is what the SDK's signer makes of the same request, with a session token too", async () => {
    const session = { ...credentials, sessionToken: "a/b+c=d(e)*!'" };
    const client = new STSClient({ region: "eu-west-1", credentials: session });
    const scheme = { name: "sigv4", signingName: "sts", signingRegion: "eu-west-1", properties: {} };
    const signer = await client.config.signer(scheme);
    if (!("presign" in signer) || typeof signer.presign !== "function") throw new Error("the SDK's signer presigns no more");
    const request = {
      method: "GET",
      protocol: "https:",
      hostname: "sts.eu-west-1.amazonaws.com",
      path: "/",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { host: "sts.eu-west-1.amazonaws.com", "x-k8s-aws-id": "prod" },
    };
    const { query } = await signer.presign(request, { expiresIn: 60, signingDate: now });
    const token = eksToken("prod", "eu-west-1", session, now);
    const ours = new URL(Buffer.from(token.replace("k8s-aws-v1.", ""), "base64url").toString());
    expect(Object.fromEntries(ours.searchParams)).toEqual(query);
  });
});

describe("a token for EKS", () => {
  const options = { cluster: "prod", region: "eu-west-1", principals: { AKIDEXAMPLE: { ...credentials, username: "us", groups: [] } } };

  it("convinces a verifier that computes the signature itself, for that cluster only (K-08)", () => {
    const token = eksToken("prod", "eu-west-1", credentials, now);
    expect(verify(token, options, now.getTime())).toMatchObject({ username: "us" });
    expect(verify(token, { ...options, cluster: "staging" }, now.getTime())).toBe("wrong signature");
  });

  it("is base64url without padding, shorter than 4 KiB, and asks for 60 s", () => {
    const token = eksToken("prod", "eu-west-1", { ...credentials, sessionToken: "x".repeat(1_000) }, now);
    expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
    expect(token.length).toBeLessThan(4_096);
    expect(Buffer.from(token.slice(11), "base64url").toString()).toContain("X-Amz-Expires=60");
  });

  it("fails in words when the session is too large for one", () => {
    expect(() => eksToken("prod", "eu-west-1", { ...credentials, sessionToken: "x".repeat(4_000) }, now)).toThrow(/fewer than 4096/);
  });

  it.each([
    ["eu-central-1", "sts.eu-central-1.amazonaws.com"],
    ["us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", "sts.cn-north-1.amazonaws.com.cn"],
    ["us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"],
    ["us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov"],
    ["eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"],
  ])("asks the STS of %s at %s", (region, host) => expect(stsHost(region)).toBe(host));
});

describe("tokens of one cluster", () => {
  const minute = 60_000;
  const minted = (expiration?: Date) => {
    const times = { now: now.getTime(), asked: 0 };
    const token = tokensFor(
      "prod",
      "eu-west-1",
      async () => {
        times.asked++;
        return { ...credentials, ...(expiration && { expiration }) };
      },
      () => times.now,
    );
    return { times, token };
  };

  it("are kept for less than 10 minutes", async () => {
    const { times, token } = minted();
    const first = await token({ fresh: false });
    times.now += 9 * minute;
    expect(await token({ fresh: false })).toBe(first);
    times.now += 1 * minute;
    expect(await token({ fresh: false })).not.toBe(first);
  });

  it("end before the credentials that signed them", async () => {
    const { times, token } = minted(new Date(now.getTime() + 4 * minute));
    const first = await token({ fresh: false });
    times.now += 3 * minute;
    expect(await token({ fresh: false })).not.toBe(first);
  });

  it("are made anew once, however many requests were refused at the same time", async () => {
    const { times, token } = minted();
    await token({ fresh: false });
    times.now += 5_000;
    await Promise.all(Array.from({ length: 32 }, () => token({ fresh: true })));
    expect(times.asked).toBe(2);
  });

  it("are asked for again after a failure", async () => {
    const failing = [Promise.reject(new Error("no credentials"))];
    const token = tokensFor(
      "prod",
      "eu-west-1",
      () => failing.pop() ?? Promise.resolve(credentials),
      () => now.getTime(),
    );
    await expect(token({ fresh: false })).rejects.toThrow("no credentials");
    expect(await token({ fresh: false })).toContain("k8s-aws-v1.");
  });
});

describe("where an EKS cluster is", () => {
  const arn = "arn:aws-cn:eks:cn-north-1:111122223333:cluster/prod";

  it("stands in its ARN, or is its name and region", () => {
    expect(locate("prod", { cluster: arn })).toEqual({ cluster: "prod", region: "cn-north-1" });
    expect(locate("prod", { cluster: "prod-1", region: "eu-west-1" })).toEqual({ cluster: "prod-1", region: "eu-west-1" });
  });

  it.each([
    [{ cluster: "prod" }, "region must say"],
    [{ cluster: arn, region: "eu-west-1" }, "but the ARN says cn-north-1"],
    [{ cluster: "../prod", region: "eu-west-1" }, "neither"],
    [{ cluster: "prod", region: "evil.example/" }, "region must say"],
  ])("is refused as %j", (address, words) => expect(() => locate("prod", address)).toThrow(words));
});
