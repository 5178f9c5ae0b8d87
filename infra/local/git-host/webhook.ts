import { createHmac, randomUUID } from "node:crypto";
import { type Push, type PushedCommit, zeros } from "./pushes.ts";

/** The addresses that a repository is known by, as a Git host puts them into its payloads. */
export interface RepositoryAddresses {
  readonly clone: string;
  readonly ssh: string;
}

/** What GitHub sends for a push: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
function githubPushPayload(push: Push, addresses: RepositoryAddresses) {
  const { ref, before, after, pusher, forced } = push;
  const page = addresses.clone.replace(/\.git$/, "");
  const commits = push.commits.map((commit) => githubCommit(commit, page));
  const [owner = pusher] = push.repository.split("/");
  return {
    ref,
    before,
    after,
    created: before === zeros,
    deleted: after === zeros,
    forced,
    base_ref: null,
    compare:
      before === zeros || after === zeros
        ? `${page}/commit/${after.slice(0, 12)}`
        : `${page}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits,
    head_commit: commits.at(-1) ?? null,
    repository: {
      name: push.repository.split("/").at(-1) ?? push.repository,
      full_name: push.repository,
      private: true,
      owner: { name: owner, login: owner },
      html_url: page,
      url: page,
      clone_url: addresses.clone,
      ssh_url: addresses.ssh,
      git_url: addresses.clone,
      default_branch: "main",
    },
    pusher: { name: pusher, email: `${pusher}@localhost` },
    sender: { login: pusher },
  };
}

function githubCommit({ id, tree, message, timestamp, author, added, removed, modified }: PushedCommit, page: string) {
  return {
    id,
    tree_id: tree,
    distinct: true,
    message,
    timestamp,
    url: `${page}/commit/${id}`,
    author,
    committer: author,
    added,
    removed,
    modified,
  };
}

/** The headers that GitHub sends with a body, signed with the webhook's secret. */
export function githubHeaders(body: string, secret: string, event: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/fairlead-local",
    "x-github-event": event,
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
}

/** Where deliveries go, and the secret they are signed with. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** Delivers a push as GitHub would, once (GitHub does not try again either), and answers the HTTP status. Rejects when nobody answers. */
export async function deliverPush({ url, secret }: WebhookTarget, push: Push, addresses: RepositoryAddresses): Promise<number> {
  const body = JSON.stringify(githubPushPayload(push, addresses));
  // GitHub waits ten seconds for an answer.
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: githubHeaders(body, secret, "push"),
    signal: AbortSignal.timeout(10_000),
  });
  await answer.body?.cancel();
  return answer.status;
}
