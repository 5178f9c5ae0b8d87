import { describe, expect, it } from "vitest";
import { gitlab } from "../../../../shared/webhook/providers/gitlab.ts";
import {
  gitlabHeaders,
  gitlabPayloads,
  gitlabSignedHeaders,
  gitlabSigningToken,
  gitlabToken,
  standardSignature,
} from "../../../support/payloads/gitlab.ts";
import { newSha, oldSha } from "../../../support/payloads/shas.ts";
import { deliveryOf, now } from "../../../support/webhook-world.ts";

const plain = { value: gitlabToken, username: "" };
const signing = { value: gitlabSigningToken, username: "" };
const seconds = now / 1000;
const body = JSON.stringify(gitlabPayloads.push);
const verify = (headers: Readonly<Record<string, string>>, secret = signing, text = body) =>
  gitlab.verify(deliveryOf(headers, text), secret);

describe("GitLab's secret token", () => {
  it("is compared as it stands", () => {
    expect(verify(gitlabHeaders(), plain)).toBe(true);
    expect(verify(gitlabHeaders({ "X-Gitlab-Token": "a plain secret tokem" }), plain)).toBe(false);
    expect(verify(gitlabHeaders({ "X-Gitlab-Token": "" }), plain)).toBe(false);
    expect(verify(gitlabHeaders({ "X-Gitlab-Token": `${gitlabToken}, ${gitlabToken}` }), plain)).toBe(false);
  });
});

describe("GitLab's signing token (W-09)", () => {
  it("signs as Standard Webhooks' own example does", () => {
    const example = {
      header: (name: string) =>
        ({
          "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
          "webhook-timestamp": "1614265330",
          "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        })[name],
      body: Buffer.from('{"test": 2432232314}'),
      at: 1614265330_000,
    };
    const secret = { value: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", username: "" };
    expect(gitlab.verify(example, secret)).toBe(true);
    expect(gitlab.verify({ ...example, body: Buffer.from('{"test": 2432232315}') }, secret)).toBe(false);
  });

  it.each([
    ["now", 0, true],
    ["5 minutes ago", -300, true],
    ["in 5 minutes", 300, true],
    ["301 s ago", -301, false],
    ["in 301 s", 301, false],
  ])("accepts a delivery signed %s: %s s → %s", (_, shift, accepted) => {
    expect(verify(gitlabSignedHeaders(body, seconds + shift))).toBe(accepted);
  });

  it("signs the id and the time along with the body", () => {
    const signed = gitlabSignedHeaders(body, seconds);
    expect(verify({ ...signed, "webhook-id": "another" })).toBe(false);
    expect(verify({ ...signed, "webhook-timestamp": String(seconds + 1) })).toBe(false);
    expect(verify(signed, signing, `${body} `)).toBe(false);
  });

  it.each(["", "soon", "1e9", "-5", " 1777888800", "99999999999999999999", "NaN"])("refuses %j as a time", (timestamp) => {
    const signature = standardSignature(gitlabSigningToken, "f5e5f430-f57b-4e6e-9fac-d9128cd7232f", timestamp, body);
    expect(verify({ ...gitlabSignedHeaders(body, seconds), "webhook-timestamp": timestamp, "webhook-signature": signature })).toBe(false);
  });

  it("accepts one right signature among several, while the key is rotated", () => {
    const signed = gitlabSignedHeaders(body, seconds);
    const other = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    expect(verify({ ...signed, "webhook-signature": `${other} ${signed["webhook-signature"]}` })).toBe(true);
    expect(verify({ ...signed, "webhook-signature": `${other} ${other}` })).toBe(false);
    expect(verify({ ...signed, "webhook-signature": signed["webhook-signature"].replace("v1,", "v2,") })).toBe(false);
  });

  it("cannot be talked back into the plain token", () => {
    expect(verify(gitlabHeaders({ "X-Gitlab-Token": gitlabSigningToken }))).toBe(false);
    expect(verify(gitlabSignedHeaders(body, seconds, { "webhook-signature": "", "X-Gitlab-Token": gitlabToken }))).toBe(false);
  });

  it.each(["whsec_", "whsec_c2hvcnQ=", "whsec_%%%%"])("is refused when it is too short to be a key: %s", (value) => {
    const signature = standardSignature(value, "f5e5f430-f57b-4e6e-9fac-d9128cd7232f", seconds, body);
    expect(verify(gitlabSignedHeaders(body, seconds, { "webhook-signature": signature }), { value, username: "" })).toBe(false);
  });
});

describe("GitLab's payloads", () => {
  const parse = (payload: object, headers = gitlabHeaders()) => gitlab.parse(deliveryOf(headers, JSON.stringify(payload)), payload);
  const repositories = ["gitlab.example.com/acme/platform/web"];
  const deliveryId = "f5e5f430-f57b-4e6e-9fac-d9128cd7232f";
  const known = { repositories, deliveryId };

  it.each([
    ["a moved branch", gitlabPayloads.push, [{ ...known, ref: "refs/heads/main", before: oldSha, after: newSha, pusher: "grace" }]],
    ["a new branch", gitlabPayloads.newBranch, [{ ...known, ref: "refs/heads/feature", after: newSha, pusher: "grace" }]],
    ["a deleted branch", gitlabPayloads.deletedBranch, [{ ...known, ref: "refs/heads/old", before: oldSha, pusher: "grace" }]],
    ["a new tag", gitlabPayloads.tag, [{ ...known, ref: "refs/tags/v1.0.0", after: newSha, pusher: "grace" }]],
    [
      "all refs of a push to a system hook",
      gitlabPayloads.systemHook,
      [
        { ...known, ref: "refs/heads/main", before: oldSha, after: newSha, pusher: "Grace Hopper" },
        { ...known, ref: "refs/tags/v1.0.0", after: newSha, pusher: "Grace Hopper" },
      ],
    ],
  ])("tell of %s", (_, payload, refs) => {
    expect(parse(payload)).toEqual({ kind: "moved", refs });
  });

  it("of other events do not matter", () => {
    expect(parse(gitlabPayloads.mergeRequest)).toEqual({ kind: "ignored", because: "event merge_request" });
  });

  it.each([
    ["project", { ...gitlabPayloads.push, project: undefined }],
    ["project.git_http_url", { ...gitlabPayloads.push, project: {} }],
    ["after", { ...gitlabPayloads.push, after: null }],
    ["changes", { ...gitlabPayloads.systemHook, changes: {} }],
    ["changes.0", { ...gitlabPayloads.systemHook, changes: [null] }],
    ["changes.1.ref", { ...gitlabPayloads.systemHook, changes: [gitlabPayloads.systemHook.changes[0], { before: oldSha, after: newSha }] }],
    ["object_kind", { object_kind: ["push"] }],
  ])("name the field %s that is not what it should be (W-12)", (field, payload) => {
    expect(parse(payload)).toEqual({ kind: "malformed", field });
  });
});
