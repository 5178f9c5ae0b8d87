import { describe, expect, it } from "vitest";
import type { DescribeEks } from "../../../../shared/adapters/eks/clusters.ts";
import { accessOf } from "../../../../shared/adapters/kubernetes/access.ts";
import type { ClusterRecord } from "../../../../shared/model/cluster.ts";

const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
const caData = Buffer.from(pem).toString("base64");
const record: ClusterRecord = { name: "prod", server: "https://prod.example", caData, credentials: "prod-credentials", network: "public" };
const eks: DescribeEks = async () => ({ endpoint: "https://eks.example", caData, token: async () => "eks-token" });

const access = (cluster: ClusterRecord, secret: Readonly<Record<string, string>> | undefined, describeEks = eks) => {
  const secrets = { read: async (name: string) => (name === "prod-credentials" ? secret : undefined) };
  return accessOf(cluster, { secrets, describeEks, allowLoopback: false });
};

describe("the way into a registered cluster", () => {
  it("is a token from the secret store, read again for each request so that it can be rotated", async () => {
    const secret = { token: "first\n" };
    const { address, credentials } = await access(record, secret);
    expect(address).toMatchObject({ name: "prod", ca: pem });
    expect(await credentials.token?.({ fresh: false })).toBe("first");
    secret.token = "second";
    expect(await credentials.token?.({ fresh: false })).toBe("second");
  });

  it("is a plain string of the secret store as well", async () => {
    expect(await (await access(record, { value: "plain" })).credentials.token?.({ fresh: false })).toBe("plain");
  });

  it("is a client certificate", async () => {
    const { credentials } = await access(record, { clientCertificate: "cert", clientKey: "key" });
    expect(credentials).toEqual({ clientCertificate: { certificate: "cert", key: "key" } });
  });

  it("is a whole kubeconfig, if it is nothing but an address and credentials (K-05)", async () => {
    const kubeconfig = (user: object) =>
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server: "https://other.example", "certificate-authority-data": caData } }],
        users: [{ name: "u", user }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      });
    const { server: _, caData: __, ...bare } = record;
    const good = await access(bare, { kubeconfig: kubeconfig({ token: "t" }), context: "x" });
    expect(good.address).toMatchObject({ server: new URL("https://other.example"), ca: pem, allowLoopback: false });
    expect(await good.credentials.token?.({ fresh: false })).toBe("t");
    const exec = { exec: { apiVersion: "v1", command: "sh" } };
    await expect(access(bare, { kubeconfig: kubeconfig(exec), context: "x" })).rejects.toMatchObject({ code: "ConfigurationInvalid" });
  });

  it("is a kubeconfig of which the token may be exchanged while it is used", async () => {
    const kubeconfig = (token: string) =>
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server: "https://other.example" } }],
        users: [{ name: "u", user: { token } }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      });
    const secret = { kubeconfig: kubeconfig("first") };
    const { credentials } = await access(record, secret);
    expect(await credentials.token?.({ fresh: false })).toBe("first");
    secret.kubeconfig = kubeconfig("second");
    expect(await credentials.token?.({ fresh: false })).toBe("second");
  });

  it("is EKS's endpoint, CA and token", async () => {
    const { server: _, credentials: __, ...bare } = record;
    const { address, credentials } = await access({ ...bare, eks: { cluster: "prod", region: "eu-central-1" } }, undefined);
    expect(address.server.host).toBe("eks.example");
    expect(await credentials.token?.({ fresh: false })).toBe("eks-token");
  });

  it("never leads to this machine or a metadata service, whoever says so (K-05)", async () => {
    await expect(access({ ...record, server: "https://169.254.169.254" }, { token: "t" })).rejects.toMatchObject({
      code: "ConfigurationInvalid",
    });
    const evil: DescribeEks = async () => ({ endpoint: "https://127.0.0.1", caData, token: async () => "t" });
    await expect(access({ ...record, eks: { cluster: "prod" } }, undefined, evil)).rejects.toMatchObject({ code: "ConfigurationInvalid" });
  });

  it.each([
    ["the entry is missing", record, undefined, "SecretMissing", "prod-credentials"],
    ["the entry has none of them", record, { password: "x" }, "ConfigurationInvalid", "neither token nor clientCertificate"],
    [
      "no entry is named",
      { name: "prod", server: "https://prod.example", network: "public" },
      {},
      "ConfigurationInvalid",
      "names no credentials",
    ],
    ["the CA is no PEM", { ...record, caData: "AAAA" }, { token: "t" }, "ConfigurationInvalid", "caData"],
    [
      "there is no address",
      { name: "prod", credentials: "prod-credentials", network: "public" },
      { token: "t" },
      "ConfigurationInvalid",
      "neither server nor eks",
    ],
  ])("is told to be missing when %s", async (_, cluster, secret, code, words) => {
    await expect(access(cluster, secret)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
