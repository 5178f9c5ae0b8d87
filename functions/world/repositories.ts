import { credentialsFor, mirroredUrl } from "../../shared/config/repositories.ts";
import type { Installation } from "../../shared/config/schema.ts";
import { Failure } from "../../shared/model/failure.ts";
import type { RepositoryAccess, RepositoryCredentials } from "../../shared/ports/git.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";

/** From a URL as Applications have it to where it is read and how to get in: mirrors first, credentials by the URL as declared. */
export const accessBy = (installation: Installation, secrets: Secrets): ((url: string) => Promise<RepositoryAccess>) => {
  const accessTo = async (url: string): Promise<RepositoryAccess> => {
    const at = { url: mirroredUrl(url, installation.mirrors), accessTo };
    const entry = credentialsFor(url, installation.repositoryCredentials);
    if (entry === undefined) return at;
    return { ...at, login: entry, credentials: credentialsIn(entry, (await secrets.read(entry)) ?? missing(entry, url)) };
  };
  return accessTo;
};

const credentialsIn = (entry: string, fields: Readonly<Record<string, string>>): RepositoryCredentials => {
  const { username, password, sshPrivateKey, knownHosts } = fields;
  if (sshPrivateKey !== undefined && knownHosts !== undefined) {
    return { kind: "ssh", privateKey: sshPrivateKey, knownHosts, ...(username !== undefined && { username }) };
  }
  if (password !== undefined) return { kind: "basic", username: username ?? "git", password };
  throw new Failure(
    "SecretMissing",
    entry,
    `the secret ${entry} is no repository credential: it needs username and password, or sshPrivateKey and knownHosts`,
  );
};

const missing = (entry: string, url: string): never => {
  throw new Failure("SecretMissing", entry, `the secret store has no entry ${entry}, which repositoryCredentials names for ${url}`);
};
