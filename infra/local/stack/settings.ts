import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { sampleRepository } from "../sample/sample.ts";

export interface LocalCluster {
  readonly name: string;
  readonly kubeconfig: string;
}

/** The installation file of the sample: what a person would write for two clusters and one repository. */
export const sampleInstallation = (clusters: readonly LocalCluster[], git: string): string =>
  stringify({
    controlRepository: { repoURL: sampleRepository.url, targetRevision: sampleRepository.branch, path: sampleRepository.controlPath },
    defaultCluster: clusters[0]?.name,
    allowLoopback: true,
    allowPlainHttp: true,
    connections: [{ name: "git", provider: "github", secret: "webhook", repositories: ["git.example.com/fairlead/*"], pollSeconds: 60 }],
    mirrors: [{ from: sampleRepository.prefix, to: git }],
    repositoryCredentials: [{ prefix: sampleRepository.prefix, secret: "git" }],
    clusters: clusters.map(({ name }) => ({ name, credentials: `cluster-${name}` })),
    slack: [{ name: "deployments", webhookSecret: "slack" }],
  });

/** A folder with one JSON file per entry, as the secret store on one machine has it; only its owner may read them. */
export const writeSecret = async (folder: string, name: string, fields: Readonly<Record<string, string>>): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, `${name}.json`), JSON.stringify(fields), { mode: 0o600 });
};

/** Made once and kept, so that what was set up with it goes on working after a restart. */
export const keptSecret = async (folder: string, name: string): Promise<void> => {
  if (!existsSync(join(folder, `${name}.json`))) await writeSecret(folder, name, { value: randomBytes(24).toString("base64url") });
};
