import { createHmac } from "node:crypto";
import { newSha, oldSha, zeroSha } from "./shas.ts";

const project = {
  id: 15,
  name: "Web",
  description: "",
  web_url: "https://gitlab.example.com/acme/platform/web",
  avatar_url: null,
  git_ssh_url: "git@gitlab.example.com:acme/platform/web.git",
  git_http_url: "https://gitlab.example.com/acme/platform/web.git",
  namespace: "Platform",
  visibility_level: 0,
  path_with_namespace: "acme/platform/web",
  default_branch: "main",
  homepage: "https://gitlab.example.com/acme/platform/web",
  url: "git@gitlab.example.com:acme/platform/web.git",
};

const push = {
  object_kind: "push",
  event_name: "push",
  before: oldSha,
  after: newSha,
  ref: "refs/heads/main",
  ref_protected: true,
  checkout_sha: newSha,
  message: null,
  user_id: 4,
  user_name: "Grace Hopper",
  user_username: "grace",
  user_email: "",
  user_avatar: "https://gitlab.example.com/uploads/grace.png",
  project_id: 15,
  project,
  commits: [{ id: newSha, message: "Scale to 3", timestamp: "2026-05-04T09:59:58+00:00" }],
  total_commits_count: 1,
};

/** https://docs.gitlab.com/user/project/integrations/webhook_events/ and https://docs.gitlab.com/administration/system_hooks/ */
export const gitlabPayloads = {
  push,
  newBranch: { ...push, ref: "refs/heads/feature", before: zeroSha, commits: [], total_commits_count: 0 },
  deletedBranch: { ...push, ref: "refs/heads/old", after: zeroSha, checkout_sha: null, commits: [] },
  tag: { ...push, object_kind: "tag_push", event_name: "tag_push", ref: "refs/tags/v1.0.0", before: zeroSha, message: "First" },
  systemHook: {
    event_name: "repository_update",
    user_id: 1,
    user_name: "Grace Hopper",
    user_email: "grace@example.com",
    project_id: 15,
    project,
    changes: [
      { before: oldSha, after: newSha, ref: "refs/heads/main" },
      { before: zeroSha, after: newSha, ref: "refs/tags/v1.0.0" },
    ],
    refs: ["refs/heads/main", "refs/tags/v1.0.0"],
  },
  mergeRequest: { object_kind: "merge_request", event_type: "merge_request", project, object_attributes: { iid: 1, action: "open" } },
};

export const gitlabToken = "a plain secret token";
/** 32 bytes, as GitLab makes them. */
export const gitlabSigningToken = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

const common = {
  "Content-Type": "application/json",
  "User-Agent": "GitLab/18.10.0",
  "Idempotency-Key": "f5e5f430-f57b-4e6e-9fac-d9128cd7232f",
  "X-Gitlab-Event": "Push Hook",
  "X-Gitlab-Event-UUID": "13792a34-cac6-4fda-95a8-c58e00a3954e",
  "X-Gitlab-Webhook-UUID": "1411537a-cbd0-4ea1-a0b0-a1c5e1ac7d56",
  "X-Gitlab-Instance": "https://gitlab.example.com",
};

export const gitlabHeaders = (changes: Readonly<Record<string, string>> = {}) => ({
  ...common,
  "X-Gitlab-Token": gitlabToken,
  ...changes,
});

export const standardSignature = (token: string, id: string, timestamp: number | string, body: string): string =>
  `v1,${createHmac("sha256", Buffer.from(token.slice(6), "base64"))
    .update(`${id}.${timestamp}.${body}`)
    .digest("base64")}`;

/** As the signing token makes GitLab send it; `at` in seconds. */
export const gitlabSignedHeaders = (body: string, at: number, changes: Readonly<Record<string, string>> = {}) => ({
  ...common,
  "webhook-id": common["Idempotency-Key"],
  "webhook-timestamp": String(at),
  "webhook-signature": standardSignature(gitlabSigningToken, common["Idempotency-Key"], at, body),
  ...changes,
});
