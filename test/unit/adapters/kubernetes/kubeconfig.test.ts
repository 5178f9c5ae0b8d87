import { describe, expect, it } from "vitest";
import { readKubeconfig } from "../../../../shared/adapters/kubernetes/kubeconfig.ts";

const kubeconfig = (cluster: object, user: object | null): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    clusters: [{ name: "c", cluster: { server: "https://api.example", "certificate-authority-data": "LS0t", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [
      { name: "here", context: { cluster: "c", user: "u", namespace: "web" } },
      { name: "lost", context: { cluster: "gone", user: "u" } },
    ],
  });

const problem = (text: string, options: { context?: string; trusted?: boolean } = {}): string => {
  try {
    readKubeconfig(text, { name: "prod", trusted: false, ...options });
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "aws", args: ["eks", "get-token"] };

describe("a kubeconfig", () => {
  it("gives the current context, or the one asked for", () => {
    const { cluster, user } = readKubeconfig(kubeconfig({}, { token: "t" }), { name: "prod", trusted: false });
    expect(cluster.server).toBe("https://api.example");
    expect(user.token).toBe("t");
    expect(problem(kubeconfig({}, { token: "t" }), { context: "here" })).toBe("");
  });

  it("is YAML, as people write it", () => {
    const yaml = `
current-context: a
contexts: [{ name: a, context: { cluster: c, user: u } }]
clusters:
  - name: c
    cluster: { server: https://api.example }
users:
  - name: u
    user: { token: t }`;
    expect(readKubeconfig(yaml, { name: "prod", trusted: false }).user.token).toBe("t");
  });

  it("says which contexts there are when it lacks the one asked for", () => {
    expect(problem(kubeconfig({}, {}), { context: "prod" })).toContain("there are here, lost");
    expect(problem(kubeconfig({}, {}), { context: "lost" })).toContain("cluster gone");
  });

  it.each(["", "just text", "a: [", "clusters: 3"])("is refused when it is none: %j", (text) => {
    expect(problem(text)).toContain("Kubeconfig of prod");
  });

  it.each([
    ["exec", {}, { exec }],
    ["auth-provider", {}, { "auth-provider": { name: "gcp" } }],
    ["tokenFile", {}, { tokenFile: "/var/run/secrets/token" }],
    ["client-certificate", {}, { "client-certificate": "/etc/passwd" }],
    ["client-key", {}, { "client-key": "/etc/passwd" }],
    ["certificate-authority", { "certificate-authority": "/etc/passwd" }, {}],
    ["proxy-url", { "proxy-url": "http://attacker.example" }, {}],
    ["insecure-skip-tls-verify", { "insecure-skip-tls-verify": true }, {}],
    ["tls-server-name", { "tls-server-name": "other.example" }, {}],
    ["as", {}, { as: "system:admin" }],
    ["as-groups", {}, { "as-groups": ["system:masters"] }],
    ["password", {}, { password: "x" }],
  ])("from a stored secret may not have %s (K-05)", (field, cluster, user) => {
    expect(problem(kubeconfig(cluster, { token: "t", ...user }))).toContain(`${field} `);
  });

  it("names everything that is wrong with it at once", () => {
    const text = kubeconfig({ "proxy-url": "http://x", "insecure-skip-tls-verify": true }, { exec });
    expect(problem(text)).toMatch(/insecure-skip-tls-verify.*proxy-url.*exec/);
  });

  it("named on the command line may name files and a credential plugin, but never switches verification off", () => {
    expect(problem(kubeconfig({ "certificate-authority": "ca.crt" }, { exec, tokenFile: "t" }), { trusted: true })).toBe("");
    expect(problem(kubeconfig({ "insecure-skip-tls-verify": true }, {}), { trusted: true })).toContain("insecure-skip-tls-verify");
  });
});
