/** The installation file of the stack: the sample's, written at every start, or the user's own, which is only read. */
import { readFile, writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import { parseInstallation } from "../../../shared/config/parse-installation.ts";
import type { Installation } from "../../../shared/config/schema.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { sampleRepository } from "../sample/sample.ts";

/** Entries of the secret store that the stack fills by itself. The user's own file may use them, too. */
export const stackSecrets = { webhook: "webhook", git: "git", slack: "slack", cluster: (name: string) => `cluster-${name}` } as const;

/** Writes what a person would for two clusters and one repository. */
export const writeSampleInstallation = (file: string, clusters: readonly { readonly name: string }[], gitOrigin: string): Promise<void> => {
  const { url, branch, controlPath, prefix } = sampleRepository;
  const repositories = [`${prefix.replace("https://", "")}fairlead/*`];
  const text = stringify({
    controlRepository: { repoURL: url, targetRevision: branch, path: controlPath },
    defaultCluster: clusters[0]?.name,
    allowLoopback: true,
    allowPlainHttp: true,
    connections: [{ name: "git", provider: "github", secret: stackSecrets.webhook, repositories }],
    mirrors: [{ from: prefix, to: gitOrigin }],
    repositoryCredentials: [{ prefix, secret: stackSecrets.git }],
    clusters: clusters.map(({ name }) => ({ name, credentials: stackSecrets.cluster(name) })),
    slack: [{ name: "deployments", webhookSecret: stackSecrets.slack }],
  });
  return writeFile(file, `# Written by npm start. To change something, copy it and give the copy: npm start -- --config FILE\n${text}`);
};

/** Throws ConfigurationInvalid that names everything wrong with it. */
export const readOwnInstallation = async (file: string): Promise<Installation> => {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Failure("ConfigurationInvalid", file, `The installation file ${file} cannot be read: check the path`, { cause });
  });
  const parsed = parseInstallation(text, file);
  if (parsed.state === "refused") throw parsed.failure;
  return parsed.installation;
};

/** Clusters that the user's file leaves to the stack: no address, and the credentials that the stack gives a cluster of that name. */
export const clustersLeftToUs = ({ clusters }: Installation): readonly string[] =>
  clusters
    .filter(({ name, server, eks, credentials }) => !server && !eks && credentials === stackSecrets.cluster(name))
    .map(({ name }) => name);

/** A kubeconfig on the command line that no cluster of the user's file would use. */
export const uselessKubeconfig = (kubeconfig: string, file: string): Failure =>
  new Failure(
    "ConfigurationInvalid",
    file,
    `No cluster of ${file} is left to ${kubeconfig}: write one as {name: NAME, credentials: ${stackSecrets.cluster("NAME")}}, without server and eks, or leave out --kubeconfig`,
  );

/** Every entry of the secret store that the file names. */
export const secretsNamedIn = ({ connections, clusters, repositoryCredentials, slack }: Installation): readonly string[] => {
  const names = [
    ...connections.map(({ secret }) => secret),
    ...repositoryCredentials.map(({ secret }) => secret),
    ...clusters.map(({ credentials }) => credentials),
    ...slack.flatMap(({ webhookSecret, tokenSecret }) => [webhookSecret, tokenSecret]),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
};

/** Path of the webhook that the local Git host delivers to: the connection that has the stack's own secret. */
export const ownWebhookPath = ({ connections }: Installation): string | undefined => {
  const connection = connections.find(({ secret, provider }) => secret === stackSecrets.webhook && provider === "github");
  return connection && `/hooks/${connection.name}${connection.suffix === undefined ? "" : `-${connection.suffix}`}`;
};
