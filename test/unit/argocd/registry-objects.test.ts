import { describe, expect, it } from "vitest";
import { parseClusterSecret } from "../../../shared/argocd/parse-cluster-secret.ts";
import { parseProject } from "../../../shared/argocd/parse-project.ts";
import { registryKindOf } from "../../../shared/argocd/registry-kind.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { manifestOf } from "./manifests.ts";

describe("the kind of a registry object", () => {
  const labelled = (type: string) => ({ labels: { "argocd.argoproj.io/secret-type": type } });

  it.each([
    ["Application", manifestOf("argoproj.io/v1alpha1", "Application")],
    ["AppProject", manifestOf("argoproj.io/v1alpha1", "AppProject")],
    ["ApplicationSet", manifestOf("argoproj.io/v1alpha1", "ApplicationSet")],
    ["ClusterSecret", manifestOf("v1", "Secret", labelled("cluster"))],
    ["RepositorySecret", manifestOf("v1", "Secret", labelled("repository"))],
    ["RepositoryCredentialsSecret", manifestOf("v1", "Secret", labelled("repo-creds"))],
    ["SettingsConfigMap", manifestOf("v1", "ConfigMap", { name: "argocd-cm" })],
    ["SettingsConfigMap", manifestOf("v1", "ConfigMap", { name: "argocd-rbac-cm" })],
    ["SettingsConfigMap", manifestOf("v1", "ConfigMap", { name: "argocd-notifications-cm" })],
    ["FluxObject", manifestOf("kustomize.toolkit.fluxcd.io/v1beta1", "Kustomization")],
    ["FluxObject", manifestOf("source.toolkit.fluxcd.io/v1", "GitRepository")],
  ])("is %s", (kind, manifest) => {
    expect(registryKindOf(manifest)).toBe(kind);
  });

  it.each([
    ["a Rollout of the same group", manifestOf("argoproj.io/v1alpha1", "Rollout")],
    ["an Application of another group", manifestOf("app.k8s.io/v1beta1", "Application")],
    ["a plain Secret", manifestOf("v1", "Secret")],
    ["a Secret of another type", manifestOf("v1", "Secret", labelled("scm-creds"))],
    ["a plain ConfigMap", manifestOf("v1", "ConfigMap", { name: "settings" })],
    ["kustomize's own file", manifestOf("kustomize.config.k8s.io/v1beta1", "Kustomization")],
  ])("is none for %s", (_, manifest) => {
    expect(registryKindOf(manifest)).toBe("other");
  });
});

describe("an AppProject", () => {
  it("keeps its rules as written and says that they are not enforced yet", () => {
    const spec = { description: "Production", sourceRepos: ["https://github.com/org/repo"], roles: [] };
    expect(parseProject(manifestOf("argoproj.io/v1alpha1", "AppProject", { name: "production" }, { spec }))).toEqual({
      state: "parsed",
      project: { name: "production", description: "Production", spec },
      warnings: ["spec.sourceRepos, spec.roles: kept, and not enforced yet"],
    });
  });

  it("is refused by name when it cannot be read", () => {
    const answer = parseProject(manifestOf("argoproj.io/v1alpha1", "AppProject", { name: "a" }, { spec: { description: 5 } }));
    expect(answer.state === "refused" && answer.failure.message).toBe(
      'AppProject a cannot be used: spec.description is the number 5; write a string, in quotes: "5"',
    );
  });
});

describe("a cluster Secret", () => {
  const annotations = { "fairlead.dev/credentials": "clusters/staging" };
  const secret = (stringData: JsonObject, more = {}) =>
    manifestOf("v1", "Secret", { name: "staging", annotations }, { stringData, ...more });
  const refusal = (stringData: JsonObject): string => {
    const answer = parseClusterSecret(secret(stringData));
    return answer.state === "refused" ? answer.failure.message : "parsed";
  };

  it("names its credential in the secret store", () => {
    const config = JSON.stringify({ tlsClientConfig: { caData: "Y2E=" } });
    expect(parseClusterSecret(secret({ name: "stage", server: "https://10.0.0.1:6443", config }))).toEqual({
      state: "parsed",
      cluster: { name: "stage", server: "https://10.0.0.1:6443", caData: "Y2E=", credentials: "clusters/staging", network: "public" },
      warnings: [],
    });
  });

  it("may have its fields in base64, and its own name", () => {
    const data = { server: Buffer.from("https://10.0.0.1").toString("base64"), shard: Buffer.from("1").toString("base64") };
    const answer = parseClusterSecret(manifestOf("v1", "Secret", { name: "staging", annotations }, { data }));
    expect(answer.state === "parsed" && [answer.cluster.name, answer.cluster.server, answer.warnings]).toEqual([
      "staging",
      "https://10.0.0.1",
      ["data.shard is not supported yet and has no effect"],
    ]);
  });

  it("may be an EKS cluster, by ARN or by awsAuthConfig", () => {
    const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
    const byArn = parseClusterSecret(secret({ server: arn }));
    expect(byArn.state === "parsed" && byArn.cluster.eks).toEqual({ cluster: arn });
    const config = JSON.stringify({ awsAuthConfig: { clusterName: "prod", roleARN: "arn:aws:iam::111122223333:role/deployer" } });
    const byName = parseClusterSecret(secret({ server: "https://ABC.gr7.eu-west-1.eks.amazonaws.com", config }));
    expect(byName.state === "parsed" && byName.cluster.eks).toEqual({
      cluster: "prod",
      region: "eu-west-1",
      roleArn: "arn:aws:iam::111122223333:role/deployer",
    });
  });

  it("is refused with a credential in it, without repeating it", () => {
    const config = JSON.stringify({ bearerToken: "s3cr3t", tlsClientConfig: { keyData: "a2V5", insecure: true } });
    const message = refusal({ server: "https://10.0.0.1", config });
    expect(message).toContain("data.config.bearerToken is a credential; put it into the secret store");
    expect(message).toContain("data.config.keyData is a credential");
    expect(message).toContain("data.config.tlsClientConfig.insecure switches the check of the server's certificate off");
    expect(message).not.toContain("s3cr3t");
  });

  it.each([
    ["without a server", {}, "data.server is missing"],
    ["with a server that is no https URL", { server: "http://10.0.0.1" }, "data.server is neither an https URL nor an EKS cluster's ARN"],
    ["with a password in the server's URL", { server: "https://a:b@10.0.0.1" }, "data.server is neither"],
    ["with a config that is no JSON", { server: "https://10.0.0.1", config: "{" }, "data.config is not a JSON object"],
    [
      "with a config of another shape",
      { server: "https://10.0.0.1", config: '{"awsAuthConfig":5}' },
      "data.config has a field of another type",
    ],
  ])("is refused %s", (_, stringData, words) => {
    expect(refusal(stringData)).toContain(words);
  });
});
