import { describe, expect, it } from "vitest";
import { bitbucketCloud } from "../../../../shared/webhook/providers/bitbucket-cloud.ts";
import { bitbucketDataCenter } from "../../../../shared/webhook/providers/bitbucket-data-center.ts";
import {
  bitbucketCloudHeaders,
  bitbucketDataCenterHeaders,
  bitbucketSecret,
  bitbucketCloudPayloads as cloud,
  bitbucketDataCenterPayloads as dataCenter,
} from "../../../support/payloads/bitbucket.ts";
import { newSha, oldSha } from "../../../support/payloads/shas.ts";
import { deliveryOf } from "../../../support/webhook-world.ts";

describe.each([
  ["Bitbucket Cloud", bitbucketCloud],
  ["Bitbucket Data Center", bitbucketDataCenter],
])("%s's signature", (_, provider) => {
  it("is the one in Atlassian's documentation", () => {
    const documented = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
    const secret = { value: "It's a Secret to Everybody", username: "" };
    expect(provider.verify(deliveryOf({ "X-Hub-Signature": documented }, "Hello World!"), secret)).toBe(true);
    expect(provider.verify(deliveryOf({ "X-Hub-Signature": documented }, "Hello world!"), secret)).toBe(false);
  });

  it("is needed: the webhook's UUID proves nothing", () => {
    const { "X-Hub-Signature": _signature, ...unsigned } = bitbucketCloudHeaders("{}");
    expect(provider.verify(deliveryOf(unsigned, "{}"), { value: bitbucketSecret, username: "" })).toBe(false);
    expect(provider.verify(deliveryOf(unsigned, "{}"), { value: unsigned["X-Hook-UUID"], username: "" })).toBe(false);
  });
});

describe("Bitbucket Cloud's payloads", () => {
  const parse = (payload: object, headers: Readonly<Record<string, string>> = {}) => {
    const body = JSON.stringify(payload);
    return bitbucketCloud.parse(deliveryOf(bitbucketCloudHeaders(body, headers), body), payload);
  };
  const known = { repositories: ["bitbucket.org/acme/web"], deliveryId: "9c2a4f1e-52d9-4f0a-8a44-6e3f3bb1a1c2", pusher: "grace" };
  const main = { ...known, ref: "refs/heads/main", before: oldSha, after: newSha };

  it.each([
    ["a moved branch", cloud.push, [main]],
    ["a new branch", cloud.newBranch, [{ ...known, ref: "refs/heads/feature/a", after: newSha }]],
    ["a deleted branch", cloud.deletedBranch, [{ ...known, ref: "refs/heads/old", before: oldSha }]],
    [
      "tags of both kinds",
      cloud.tags,
      [
        { ...known, ref: "refs/tags/v1", after: newSha },
        { ...known, ref: "refs/tags/v2", after: newSha },
      ],
    ],
    [
      "all refs of one push",
      cloud.several,
      [main, { ...known, ref: "refs/heads/old", before: oldSha }, { ...known, ref: "refs/tags/v1", after: newSha }],
    ],
    ["nothing when nothing changed (W-12)", { ...cloud.push, push: { changes: [] } }, []],
    ["nothing when both sides are null (W-12)", { ...cloud.push, push: { changes: [{ old: null, new: null }] } }, []],
  ])("tell of %s", (_, payload, refs) => {
    expect(parse(payload)).toEqual({ kind: "moved", refs });
  });

  it("never make us use a link they carry (W-16)", () => {
    const links = { html: { href: "http://169.254.169.254/latest/meta-data" }, self: { href: "https://evil.example/x" } };
    const parsed = parse({ ...cloud.push, repository: { ...cloud.push.repository, links } });
    expect(parsed).toEqual({ kind: "moved", refs: [main] });
  });

  it("of other events do not matter", () => {
    expect(parse(cloud.push, { "X-Event-Key": "pullrequest:created" })).toEqual({ kind: "ignored", because: "event pullrequest:created" });
  });

  it.each([
    ["push", { repository: cloud.push.repository }],
    ["push.changes", { ...cloud.push, push: {} }],
    ["push.changes.0.new.target", { ...cloud.push, push: { changes: [{ old: null, new: { type: "branch", name: "main" } }] } }],
    ["push.changes.0.old", { ...cloud.push, push: { changes: [{ new: null }] } }],
    ["repository", { push: { changes: [] } }],
    ["repository.full_name", { ...cloud.push, repository: { full_name: ["acme/web"] } }],
  ])("name the field %s that is not what it should be (W-12)", (field, payload) => {
    expect(parse(payload)).toEqual({ kind: "malformed", field });
  });
});

describe("Bitbucket Data Center's payloads", () => {
  const parse = (payload: object, headers: Readonly<Record<string, string>> = {}) => {
    const body = JSON.stringify(payload);
    return bitbucketDataCenter.parse(deliveryOf(bitbucketDataCenterHeaders(body, headers), body), payload);
  };
  const known = {
    repositories: ["bitbucket.example.com:7999/acme/web", "bitbucket.example.com/scm/acme/web"],
    deliveryId: "4c2d8a77-6c8b-4a3e-9f63-54c2a0ed7a54",
    pusher: "grace",
  };
  const main = { ...known, ref: "refs/heads/main", before: oldSha, after: newSha };

  it.each([
    ["a moved branch under both its URLs", dataCenter.push, [main]],
    ["a new branch", dataCenter.newBranch, [{ ...known, ref: "refs/heads/feature/a", after: newSha }]],
    [
      "all refs of one push",
      dataCenter.several,
      [main, { ...known, ref: "refs/heads/old", before: oldSha }, { ...known, ref: "refs/tags/v1", after: newSha }],
    ],
  ])("tell of %s", (_, payload, refs) => {
    expect(parse(payload)).toEqual({ kind: "moved", refs });
  });

  it("of a connection test do not matter", () => {
    expect(parse(dataCenter.ping, { "X-Event-Key": "diagnostics:ping" })).toEqual({ kind: "ignored", because: "event diagnostics:ping" });
  });

  it.each([
    ["changes", { ...dataCenter.push, changes: null }],
    ["changes.0.ref", { ...dataCenter.push, changes: [{}] }],
    ["changes.0.toHash", { ...dataCenter.push, changes: [{ ...dataCenter.push.changes[0], toHash: "main" }] }],
    ["repository.links", { ...dataCenter.push, repository: {} }],
    ["repository.links.clone.0.href", { ...dataCenter.push, repository: { links: { clone: [{ name: "http" }] } } }],
  ])("name the field %s that is not what it should be (W-12)", (field, payload) => {
    expect(parse(payload)).toEqual({ kind: "malformed", field });
  });
});
