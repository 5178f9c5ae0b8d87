import { describe, expect, it } from "vitest";
import { parseInstallation } from "../../../shared/config/parse-installation.ts";
import { InstallationSchema } from "../../../shared/config/schema.ts";
import { completeFile, installationOf, problemsIn } from "./installation.ts";

const minimal = "controlRepository:\n  repoURL: https://github.com/acme/gitops\n";

/** Those that must be given come first. */
const topFields = Object.keys(InstallationSchema.shape).join(", ");

describe("the installation file", () => {
  it("needs nothing but the control repository", () => {
    const installation = installationOf(minimal);
    expect(installation.controlRepository).toEqual({
      repoURL: "https://github.com/acme/gitops",
      targetRevision: "HEAD",
      path: ".",
      recurse: false,
      name: "control",
    });
    expect(installation.controlNamespace).toBe("argocd");
    expect(installation.intervals).toEqual({ sweepSeconds: 60, pollSeconds: 180, driftSeconds: 180 });
    expect([installation.connections, installation.clusters, installation.mirrors, installation.slack]).toEqual([[], [], [], []]);
  });

  it("may set everything", () => {
    const installation = installationOf(completeFile);
    expect(installation.connections[0]).toMatchObject({ name: "github", suffix: "7f3k", provider: "github", pollSeconds: 300 });
    expect(installation.clusters.map(({ name, network }) => [name, network])).toEqual([
      ["production", "public"],
      ["office", "office"],
    ]);
    expect(installation.intervals).toEqual({ sweepSeconds: 60, pollSeconds: 180, driftSeconds: 600 });
  });
});

describe("a wrong installation file", () => {
  it("is told with every problem at once, each with line, column and what to write instead", () => {
    const file = completeFile
      .replace("provider: github", "provider: githab")
      .replace("suffix:", "sufix:")
      .replace("driftSeconds: 600", 'driftSeconds: "600"')
      .replace("    secret: repositories/acme\n", "")
      .replace('    channel: "#deployments"\n', "");
    expect(problemsIn(file)).toEqual([
      "10:5: connections[0].sufix is not a known field; did you mean suffix?",
      '11:15: connections[0].provider is "githab"; write one of "github", "gitlab", "bitbucket-cloud", "bitbucket-data-center", "azure-devops", "gitea", "forgejo"',
      "31:5: repositoryCredentials[0].secret is missing; write a string",
      "35:5: slack[1].channel is missing; a bot has to be told where to write",
      '39:17: intervals.driftSeconds is "600"; write a number, without quotes: 600',
    ]);
  });

  it("names the file before each line, as terminals make a link of it", () => {
    const answer = parseInstallation("controlRepository: 5\n", "deploy/fairlead.yaml");
    expect(answer.state === "refused" && answer.failure.message).toBe(
      "deploy/fairlead.yaml:1:20: controlRepository is the number 5; write a map of fields: repoURL, targetRevision, path, recurse, name",
    );
  });

  it.each([
    ["an empty file", "", "1:1: controlRepository is missing; write a map of fields: repoURL, targetRevision, path, recurse, name"],
    ["a list", "- a\n", `1:1: the file is a list; write a map of fields: ${topFields}`],
    ["an empty field", `${minimal}clusters:\n`, "3:1: clusters is empty; write a list"],
    ["a field given twice", `${minimal}allowLoopback: false\nallowLoopback: true\n`, "4:1: the field is given twice; keep one of the two"],
    ["tabs", "controlRepository:\n\trepoURL: a\n", "2:1: tabs cannot indent YAML; use spaces"],
    [
      "an unknown field nobody meant",
      `${minimal}colour: red\n`,
      `3:1: colour is not a known field; leave it out, or write one of ${topFields}`,
    ],
  ])("is placed for %s", (_, file, problem) => {
    expect(problemsIn(file)).toContain(problem);
  });

  it("says where the YAML itself ends to be YAML", () => {
    expect(problemsIn(`${minimal}clusters: [a\n`)[0]).toMatch(/^4:1: this is not YAML: /);
  });

  it.each([
    [
      "a number of another range",
      "driftSeconds: 600",
      "driftSeconds: 5",
      "intervals.driftSeconds is outside its range; write a whole number from 60 to 86400",
    ],
    ["a connection for no repository", '["github.com/acme/*"]', "[]", "connections[0].repositories is empty; list at least one pattern"],
    ["an alias of nothing", "apiWebhook: github", "apiWebhook: gitlab", "apiWebhook names no connection; write one of github"],
    ["a name used twice", "name: office", "name: production", 'clusters[1].name is "production" as in clusters[0]; give each its own name'],
    ["the default cluster's other name", "name: office", "name: in-cluster", "clusters[1].name is what the default cluster is also called"],
    ["a name with spaces", "name: office", "name: the office", "clusters[1].name is not a plain name"],
    [
      "EKS by name without region",
      "arn:aws:eks:eu-west-1:111122223333:cluster/production",
      "production",
      "clusters[0].eks.region is missing",
    ],
    ["a server beside EKS", "    eks:\n", "    server: https://a\n    credentials: a\n    eks:\n", "clusters[0].server stands beside eks"],
    ["a server without credentials", "    credentials: clusters/office\n", "", "clusters[1].credentials is missing"],
    [
      "a server on this machine",
      "https://10.0.0.1:6443",
      "https://127.0.0.1:6443",
      "clusters[1].server is this machine; set allowLoopback: true",
    ],
    ["a password in a server's URL", "https://10.0.0.1:6443", "https://a:b@10.0.0.1", "clusters[1].server is not an API server's address"],
    ["a CA that is a file's name", "caData: Y2E=", "caData: ./ca.pem", "clusters[1].caData is not base64"],
    [
      "credentials in a URL",
      "https://github.com/acme/gitops",
      "https://me:pw@github.com/acme/gitops",
      "controlRepository.repoURL has credentials in it",
    ],
    ["plain http", "https://git.acme.example/mirrors/", "http://git.acme.example/", "mirrors[0].to is plain http"],
    ["a secret's name that climbs", "slack/everyone", "a/../../etc/passwd", "slack[0].webhookSecret leads out of the secret store"],
    ["Slack without a way", "    webhookSecret: slack/everyone\n", "", "slack[0] has neither webhookSecret nor tokenSecret"],
    [
      "Slack with two ways",
      "tokenSecret: slack/bot",
      "tokenSecret: slack/bot\n    webhookSecret: a",
      "slack[1].tokenSecret stands beside webhookSecret",
    ],
    [
      "a webhook with a channel",
      "webhookSecret: slack/everyone",
      "webhookSecret: a\n    channel: b",
      "slack[0].channel has no effect beside webhookSecret",
    ],
  ])("is refused for %s", (_, from, to, words) => {
    expect(completeFile).toContain(from);
    const problems = problemsIn(completeFile.replace(from, to));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });

  it("may be on one machine where it says so", () => {
    const local = completeFile
      .replace("https://10.0.0.1:6443", "https://127.0.0.1:6443")
      .replace("https://git.acme.example/", "http://127.0.0.1/");
    expect(problemsIn(`allowLoopback: true\nallowPlainHttp: true\n${local}`)).toEqual([]);
  });
});
