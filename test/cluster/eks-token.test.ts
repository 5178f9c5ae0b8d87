import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { describeEks } from "../../shared/adapters/eks/clusters.ts";
import { eksToken, tokensFor } from "../../shared/adapters/eks/token.ts";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import { openClusters } from "../../shared/adapters/kubernetes/clusters.ts";
import type { ClusterRecord, EksAddress } from "../../shared/model/cluster.ts";
import { type AwsStandIn, startAwsStandIn } from "../support/aws-stand-in.ts";
import { kubectl } from "../support/control-plane.ts";
import { startEksVerifier } from "../support/eks-verifier.ts";

const region = "eu-central-1";
const role = { accessKeyId: "ASIAROLE", secretAccessKey: "the role's secret" };
const roleArn = "arn:aws:iam::111122223333:role/fairlead-deployer";
const minutes = (count: number): number => count * 60_000;

let folder: string;
let controlPlane: ControlPlane;
let verifier: Awaited<ReturnType<typeof startEksVerifier>>;
let aws: AwsStandIn;

/** Who the API server takes the bearer of a token for, or why it does not. */
const whoIs = async (token: string | (() => Promise<string>)): Promise<string> => {
  const address = { name: "prod", server: new URL(controlPlane.server), ca: controlPlane.ca, allowLoopback: true };
  const cluster = openCluster(address, { token: async () => (typeof token === "string" ? token : token()) });
  const answer = await cluster
    .get({ apiVersion: "v1", kind: "Namespace", namespace: "", name: "kube-system" })
    .catch((error: Error) => error);
  await cluster.close();
  return answer instanceof Error ? answer.message : answer.state;
};

const refused = "does not accept our credentials";
const tokenFor = (cluster: string, at = Date.now()): string => eksToken(cluster, region, role, new Date(at));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-eks-"));
  const principal = { secretAccessKey: role.secretAccessKey, username: "fairlead", groups: ["deployers"] };
  verifier = await startEksVerifier({ cluster: "prod", region, principals: { [role.accessKeyId]: principal } });
  const webhook = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "verifier", cluster: { server: verifier.url } }],
    users: [{ name: "api-server", user: {} }],
    contexts: [{ name: "webhook", context: { cluster: "verifier", user: "api-server" } }],
    "current-context": "webhook",
  };
  await writeFile(join(folder, "webhook.json"), JSON.stringify(webhook));
  controlPlane = await startControlPlane({
    name: "prod",
    folder: join(folder, "prod"),
    extraApiServerArgs: [
      `--authentication-token-webhook-config-file=${join(folder, "webhook.json")}`,
      "--authentication-token-webhook-version=v1",
      "--authentication-token-webhook-cache-ttl=0s",
    ],
  });
  await kubectl(controlPlane, ["create", "clusterrolebinding", "deployers", "--clusterrole=admin", "--group=deployers"]);
  await kubectl(controlPlane, ["create", "clusterrole", "namespaces", "--verb=get", "--resource=namespaces"]);
  await kubectl(controlPlane, ["create", "clusterrolebinding", "namespaces", "--clusterrole=namespaces", "--group=deployers"]);
  const certificateAuthority = { data: Buffer.from(controlPlane.ca).toString("base64") };
  aws = await startAwsStandIn({
    clusters: { prod: { name: "prod", status: "ACTIVE", endpoint: controlPlane.server, certificateAuthority } },
    roles: { [roleArn]: { externalId: "fairlead-4711", ...role } },
    mayDescribe: [role.accessKeyId],
  });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAOWN", AWS_SECRET_ACCESS_KEY: "own secret" });
  Object.assign(process.env, { AWS_ENDPOINT_URL_EKS: aws.url, AWS_ENDPOINT_URL_STS: aws.url });
});

afterAll(async () => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_EKS", "AWS_ENDPOINT_URL_STS"])
    delete process.env[name];
  aws?.close();
  verifier?.close();
  await controlPlane?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("a token for an EKS cluster, at a real API server", () => {
  it("lets its bearer in", async () => {
    expect(await whoIs(tokenFor("prod"))).toBe("found");
  });

  it("is refused when it was made for another cluster (K-08)", async () => {
    expect(await whoIs(tokenFor("staging"))).toContain(refused);
    expect(verifier.refusals.at(-1)).toBe("wrong signature");
  });

  it("holds for 14 minutes and is refused after 15", async () => {
    expect(await whoIs(tokenFor("prod", Date.now() - minutes(14)))).toBe("found");
    expect(await whoIs(tokenFor("prod", Date.now() - minutes(15) - 5_000))).toContain(refused);
    expect(verifier.refusals.at(-1)).toBe("expired");
  });

  it("is refused when anything in it was changed", async () => {
    const url = Buffer.from(tokenFor("prod").replace("k8s-aws-v1.", ""), "base64url").toString("utf8");
    const tampered = [
      url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
      url.replace(/Signature=.{4}/, "Signature=0000"),
      url.replace("GetCallerIdentity", "GetSessionToken"),
      url.replace(`sts.${region}.amazonaws.com`, "sts.attacker.example"),
      `${url}&X-Amz-Extra=1`,
    ];
    for (const changed of tampered) expect(await whoIs(`k8s-aws-v1.${Buffer.from(changed).toString("base64url")}`)).toContain(refused);
  });

  it("is refused when a principal signed that the cluster does not know (K-10)", async () => {
    const stranger = { accessKeyId: "ASIASTRANGER", secretAccessKey: "whatever" };
    expect(await whoIs(eksToken("prod", region, stranger, new Date()))).toContain(refused);
    expect(verifier.refusals.at(-1)).toBe("unknown access key");
  });

  it("is made anew once when it expired on the way (F-14)", async () => {
    const now = [Date.now() - minutes(16), Date.now() - minutes(16), Date.now() - minutes(7)];
    const token = tokensFor(
      "prod",
      region,
      async () => role,
      () => now.shift() ?? Date.now(),
    );
    const address = { name: "prod", server: new URL(controlPlane.server), ca: controlPlane.ca, allowLoopback: true };
    const cluster = openCluster(address, { token });
    const answer = await cluster.get({ apiVersion: "v1", kind: "Namespace", namespace: "", name: "kube-system" });
    await cluster.close();
    expect(answer.state).toBe("found");
    expect(verifier.refusals.at(-1)).toBe("expired");
  });
});

describe("a registered EKS cluster", () => {
  const connectTo = (eks: EksAddress) => {
    const record: ClusterRecord = { name: "prod", eks, network: "public" };
    const clusters = openClusters({
      record: async () => record,
      secrets: { read: async () => undefined },
      describeEks,
      allowLoopback: true,
    });
    return {
      clusters,
      get: async () => (await clusters.connect("prod")).get({ apiVersion: "v1", kind: "Namespace", namespace: "", name: "default" }),
    };
  };

  it.each([
    ["ARN", { cluster: `arn:aws:eks:${region}:111122223333:cluster/prod` }],
    ["name and region", { cluster: "prod", region }],
  ])("is found by %s, with the role to assume and its external id", async (_, eks) => {
    const { clusters, get } = connectTo({ ...eks, roleArn, externalId: "fairlead-4711" });
    expect(await get()).toMatchObject({ state: "found" });
    expect(aws.calls.slice(-2)).toEqual([`AssumeRole ${roleArn} as AKIAOWN`, "DescribeCluster prod as ASIAROLE"]);
    await clusters.close();
  });

  it("is looked up once while the connection is warm", async () => {
    const { clusters, get } = connectTo({ cluster: "prod", region, roleArn, externalId: "fairlead-4711" });
    await get();
    const before = aws.calls.length;
    await Promise.all([get(), get()]);
    expect(aws.calls.length).toBe(before);
    await clusters.close();
  });

  it("is forbidden without the external id, and without the right to describe it", async () => {
    await expect(connectTo({ cluster: "prod", region, roleArn }).get()).rejects.toMatchObject({
      code: "ClusterForbidden",
      message: expect.stringContaining(roleArn),
    });
    await expect(connectTo({ cluster: "prod", region }).get()).rejects.toMatchObject({
      code: "ClusterForbidden",
      message: expect.stringContaining("eks:DescribeCluster"),
    });
  });

  it("is unknown when AWS has none of that name", async () => {
    const { get } = connectTo({ cluster: "prud", region, roleArn, externalId: "fairlead-4711" });
    await expect(get()).rejects.toMatchObject({ code: "DestinationUnknown", message: expect.stringContaining("prud") });
  });
});
