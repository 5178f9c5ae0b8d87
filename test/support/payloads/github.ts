import { createHmac } from "node:crypto";
import { newSha, oldSha, zeroSha } from "./shas.ts";

export const githubSecret = "It's a Secret to Everybody";

const repository = {
  id: 186853002,
  name: "web",
  full_name: "acme/web",
  private: true,
  html_url: "https://github.com/acme/web",
  url: "https://github.com/acme/web",
  git_url: "git://github.com/acme/web.git",
  ssh_url: "git@github.com:acme/web.git",
  clone_url: "https://github.com/acme/web.git",
  svn_url: "https://github.com/acme/web",
  default_branch: "main",
};

const push = {
  ref: "refs/heads/main",
  before: oldSha,
  after: newSha,
  repository,
  pusher: { name: "grace", email: "grace@example.com" },
  sender: { login: "grace", id: 21031067, avatar_url: "https://avatars.githubusercontent.com/u/21031067?v=4" },
  created: false,
  deleted: false,
  forced: false,
  base_ref: null,
  compare: "https://github.com/acme/web/compare/6113728f27ae...0d1a26e67d8f",
  commits: [{ id: newSha, message: "Scale to 3", modified: ["web.yaml"], added: [], removed: [] }],
  head_commit: { id: newSha, message: "Scale to 3" },
};

/** The shapes of https://docs.github.com/en/webhooks/webhook-events-and-payloads (push, ping), as GitHub sends them for each case. */
export const githubPayloads = {
  push,
  newBranch: { ...push, ref: "refs/heads/feature/checkout", before: zeroSha, created: true, commits: [], head_commit: null },
  deletedBranch: { ...push, ref: "refs/heads/old", after: zeroSha, deleted: true, commits: [], head_commit: null },
  tag: { ...push, ref: "refs/tags/v1.2.3", before: zeroSha, created: true, base_ref: "refs/heads/main" },
  forcedByApp: { ...push, forced: true, pusher: { name: "release-bot[bot]" } },
  ping: {
    zen: "Keep it logically awesome.",
    hook_id: 109948940,
    hook: { type: "Repository", id: 109948940, name: "web", active: true, events: ["push"], config: { content_type: "json" } },
    repository,
  },
};

export const githubHeaders = (body: string | Uint8Array, changes: Readonly<Record<string, string>> = {}) => ({
  "Content-Type": "application/json",
  "User-Agent": "GitHub-Hookshot/044aadd",
  "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  "X-GitHub-Event": "push",
  "X-GitHub-Hook-ID": "292430182",
  "X-Hub-Signature": `sha1=${createHmac("sha1", githubSecret).update(body).digest("hex")}`,
  "X-Hub-Signature-256": `sha256=${createHmac("sha256", githubSecret).update(body).digest("hex")}`,
  ...changes,
});
