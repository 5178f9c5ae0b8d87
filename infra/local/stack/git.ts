import type { JsonObject } from "../../../shared/model/json.ts";
import type { Push } from "../git-host/pushes.ts";
import { type GitHost, startGitHost } from "../git-host/start.ts";
import { deliverPush, type WebhookTarget } from "../git-host/webhook.ts";
import { sampleRepository, seedSample } from "../sample/sample.ts";
import type { StackFolders } from "./folders.ts";
import { stackSecrets } from "./installation.ts";
import type { Launch } from "./launch.ts";
import { hasSecret, keptSecret, writeSecret } from "./secrets.ts";

export interface StackGit {
  readonly host: GitHost;
  /** Such as http://127.0.0.1:4000/, in place of https://git.example.com/. */
  readonly origin: string;
  /** The sample's address with credentials, to clone from and push to. */
  readonly remote: string;
  /** From now on pushes are told there. Before, they are not: the poller finds them. */
  deliverTo(target: WebhookTarget): void;
}

const username = "captain";

/** The Git host with the sample on it, which tells of every push as GitHub would: once. */
export const startGit = async (folders: StackFolders, launch: Launch, onLine: (line: JsonObject) => void): Promise<StackGit> => {
  const password = await keptSecret(folders.secrets, "git-password");
  if (!hasSecret(folders.secrets, stackSecrets.git)) await writeSecret(folders.secrets, stackSecrets.git, { username, password });

  let target: WebhookTarget | undefined;
  const deliver = async (push: Push) => {
    if (target === undefined) return;
    const addresses = { clone: `${sampleRepository.prefix}${push.repository}.git`, ssh: host.sshUrl(push.repository) };
    await deliverPush(target, push, addresses).catch((error: unknown) => onLine({ event: "webhook-undelivered", reason: String(error) }));
  };
  const open = async () => {
    const started = await startGitHost({
      folder: folders.git,
      credentials: { username, password },
      onPush: (push) => void deliver(push),
    });
    await seedSample(started);
    return started;
  };
  const host = await launch.start("Git server", open, (started) => started.httpUrl(sampleRepository.name));
  const url = host.httpUrl(sampleRepository.name);
  return {
    host,
    origin: url.slice(0, -`${sampleRepository.name}.git`.length),
    remote: url.replace("://", `://${username}:${password}@`),
    deliverTo: (webhook) => {
      target = webhook;
    },
  };
};
