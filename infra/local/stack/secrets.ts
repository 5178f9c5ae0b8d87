import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import type { StackCluster } from "./clusters.ts";
import { stackSecrets } from "./installation.ts";

/** The secret store of one machine: a folder with one JSON file per entry, which only its owner may read. */
export const writeSecret = async (folder: string, name: string, fields: Readonly<Record<string, string>>): Promise<void> => {
  const file = fileOf(folder, name);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(fields), { mode: 0o600 });
};

/** The entry's `value`, made once and kept, so that what was set up with it goes on working after a restart. */
export const keptSecret = async (folder: string, name: string): Promise<string> => {
  const known = await secretValue(folder, name);
  if (known !== undefined) return known;
  const value = randomBytes(24).toString("base64url");
  await writeSecret(folder, name, { value });
  return value;
};

export const hasSecret = (folder: string, name: string): boolean => existsSync(fileOf(folder, name));

const secretValue = async (folder: string, name: string): Promise<string | undefined> =>
  hasSecret(folder, name) ? Value.parse(JSON.parse(await readFile(fileOf(folder, name), "utf8"))).value : undefined;

const fileOf = (folder: string, name: string): string => join(folder, `${name}.json`);

const Value = z.object({ value: z.string().optional() });

/** How often credentials of clusters are looked at again. Milliseconds; the functions read an entry anew once a minute. */
const refreshEvery = 20_000;

/** Writes what the functions need to know, and keeps the clusters' credentials fresh until it is stopped. */
export const fillSecrets = async (
  folder: string,
  clusters: readonly StackCluster[],
  slackWebhook: string,
): Promise<{ stop(): Promise<void> }> => {
  await keptSecret(folder, stackSecrets.webhook);
  await keptSecret(folder, "fingerprints");
  const slack = await secretValue(folder, stackSecrets.slack);
  // A webhook of the user's own under that name stays.
  if (slack === undefined || slack.startsWith("http://127.0.0.1:")) await writeSecret(folder, stackSecrets.slack, { value: slackWebhook });

  const written = new Map<string, string>();
  const refresh = async ({ name, credentials }: StackCluster) => {
    const kubeconfig = await credentials();
    if (written.get(name) === kubeconfig) return;
    await writeSecret(folder, stackSecrets.cluster(name), { kubeconfig });
    written.set(name, kubeconfig);
  };
  await Promise.all(clusters.map(refresh));
  // A plugin that fails now may work the next time; until then the functions have what it gave last.
  const timer = setInterval(() => void Promise.allSettled(clusters.map(refresh)), refreshEvery);
  return { stop: async () => clearInterval(timer) };
};
