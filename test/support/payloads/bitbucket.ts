import { createHmac } from "node:crypto";
import { newSha, oldSha, zeroSha } from "./shas.ts";

export const bitbucketSecret = "bitbucket's secret";

const side = (type: string, name: string, hash: string) => ({
  type,
  name,
  links: { html: { href: `https://bitbucket.org/acme/web/branch/${name}` } },
  target: { type: "commit", hash, message: "Scale to 3\n", date: "2026-05-04T09:59:58+00:00", parents: [] },
});

const cloud = (changes: readonly object[]) => ({
  push: { changes },
  repository: {
    type: "repository",
    full_name: "acme/web",
    name: "web",
    uuid: "{673a6070-3421-46c9-9d48-90745f7bfe8e}",
    is_private: true,
    links: { self: { href: "https://api.bitbucket.org/2.0/repositories/acme/web" }, html: { href: "https://bitbucket.org/acme/web" } },
  },
  actor: { type: "user", display_name: "Grace Hopper", nickname: "grace", account_id: "557058:c0b72ad0-1cb5" },
});

const moved = { forced: false, created: false, closed: false, truncated: false, commits: [] };

/** https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Push */
export const bitbucketCloudPayloads = {
  push: cloud([{ ...moved, old: side("branch", "main", oldSha), new: side("branch", "main", newSha) }]),
  newBranch: cloud([{ ...moved, created: true, old: null, new: side("branch", "feature/a", newSha) }]),
  deletedBranch: cloud([{ ...moved, closed: true, old: side("branch", "old", oldSha), new: null }]),
  tags: cloud([
    { ...moved, created: true, old: null, new: side("tag", "v1", newSha) },
    { ...moved, created: true, old: null, new: side("annotated_tag", "v2", newSha) },
  ]),
  several: cloud([
    { ...moved, old: side("branch", "main", oldSha), new: side("branch", "main", newSha) },
    { ...moved, old: side("branch", "old", oldSha), new: null },
    { ...moved, old: null, new: side("tag", "v1", newSha) },
  ]),
};

export const bitbucketCloudHeaders = (body: string, changes: Readonly<Record<string, string>> = {}) => ({
  "Content-Type": "application/json",
  "User-Agent": "Bitbucket-Webhooks/2.0",
  "X-Event-Key": "repo:push",
  "X-Hook-UUID": "4f8f1c8e-7a3d-4b3e-9d6e-3d9b2b7b2f10",
  "X-Request-UUID": "9c2a4f1e-52d9-4f0a-8a44-6e3f3bb1a1c2",
  "X-Attempt-Number": "1",
  "X-Hub-Signature": `sha256=${createHmac("sha256", bitbucketSecret).update(body).digest("hex")}`,
  ...changes,
});

const change = (id: string, fromHash: string, toHash: string, type: string) => ({
  ref: { id, displayId: id.split("/").slice(2).join("/"), type: id.startsWith("refs/tags/") ? "TAG" : "BRANCH" },
  refId: id,
  fromHash,
  toHash,
  type,
});

const dataCenter = (changes: readonly object[]) => ({
  eventKey: "repo:refs_changed",
  date: "2026-05-04T09:59:59+0000",
  actor: { name: "grace", emailAddress: "grace@example.com", id: 1, displayName: "Grace Hopper", active: true, type: "NORMAL" },
  repository: {
    slug: "web",
    id: 84,
    name: "web",
    scmId: "git",
    state: "AVAILABLE",
    project: { key: "ACME", id: 84, name: "acme", public: false, type: "NORMAL" },
    links: {
      clone: [
        { href: "ssh://git@bitbucket.example.com:7999/acme/web.git", name: "ssh" },
        { href: "https://bitbucket.example.com/scm/acme/web.git", name: "http" },
      ],
      self: [{ href: "https://bitbucket.example.com/projects/ACME/repos/web/browse" }],
    },
  },
  changes,
});

/** https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html */
export const bitbucketDataCenterPayloads = {
  push: dataCenter([change("refs/heads/main", oldSha, newSha, "UPDATE")]),
  newBranch: dataCenter([change("refs/heads/feature/a", zeroSha, newSha, "ADD")]),
  several: dataCenter([
    change("refs/heads/main", oldSha, newSha, "UPDATE"),
    change("refs/heads/old", oldSha, zeroSha, "DELETE"),
    change("refs/tags/v1", zeroSha, newSha, "ADD"),
  ]),
  ping: { test: true },
};

export const bitbucketDataCenterHeaders = (body: string, changes: Readonly<Record<string, string>> = {}) => ({
  "Content-Type": "application/json; charset=utf-8",
  "X-Request-Id": "4c2d8a77-6c8b-4a3e-9f63-54c2a0ed7a54",
  "X-Event-Key": "repo:refs_changed",
  "X-Hub-Signature": `sha256=${createHmac("sha256", bitbucketSecret).update(body).digest("hex")}`,
  ...changes,
});
