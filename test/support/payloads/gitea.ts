import { createHmac } from "node:crypto";
import { newSha, oldSha, zeroSha } from "./shas.ts";

export const giteaSecret = "gitea's secret";

const user = { id: 1, login: "grace", username: "grace", full_name: "Grace Hopper", email: "grace@example.com" };

const repository = {
  id: 140,
  owner: user,
  name: "web",
  full_name: "acme/web",
  private: true,
  html_url: "https://git.example.com/acme/web",
  ssh_url: "ssh://git@git.example.com:2222/acme/web.git",
  clone_url: "https://git.example.com/acme/web.git",
  default_branch: "main",
};

const push = {
  ref: "refs/heads/main",
  before: oldSha,
  after: newSha,
  compare_url: "https://git.example.com/acme/web/compare/6113728f27...0d1a26e67d",
  commits: [{ id: newSha, message: "Scale to 3\n", added: [], removed: [], modified: ["web.yaml"] }],
  total_commits: 1,
  head_commit: { id: newSha },
  repository,
  pusher: user,
  sender: user,
};

/** https://docs.gitea.com/usage/repository/webhooks and https://forgejo.org/docs/latest/user/webhooks/ */
export const giteaPayloads = {
  push,
  newBranch: { ...push, ref: "refs/heads/feature/a", before: zeroSha },
  tag: { ...push, ref: "refs/tags/v1", before: zeroSha },
  createdTag: { sha: newSha, ref: "v1", ref_type: "tag", repository, sender: user },
  deletedBranch: { ref: "old", ref_type: "branch", pusher_type: "user", repository, sender: user },
  issue: { action: "opened", number: 1, repository, sender: user },
};

/** Both also send the headers of GitHub and Gogs. */
export const giteaHeaders = (body: string, changes: Readonly<Record<string, string>> = {}) => {
  const signature = createHmac("sha256", giteaSecret).update(body).digest("hex");
  return {
    "Content-Type": "application/json",
    "X-GitHub-Delivery": "f6266f16-1bf3-46a5-9ea4-602e06ead473",
    "X-GitHub-Event": "push",
    "X-Gogs-Delivery": "f6266f16-1bf3-46a5-9ea4-602e06ead473",
    "X-Gogs-Event": "push",
    "X-Gitea-Delivery": "f6266f16-1bf3-46a5-9ea4-602e06ead473",
    "X-Gitea-Event": "push",
    "X-Gitea-Event-Type": "push",
    "X-Gogs-Signature": signature,
    "X-Gitea-Signature": signature,
    "X-Hub-Signature-256": `sha256=${signature}`,
    ...changes,
  };
};
