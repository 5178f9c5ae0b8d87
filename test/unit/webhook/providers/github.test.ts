import type { EmitterWebhookEvent } from "@octokit/webhooks";
import { describe, expect, expectTypeOf, it } from "vitest";
import type * as z from "zod/mini";
import { type GitHubPush, github } from "../../../../shared/webhook/providers/github.ts";
import { githubHeaders, githubPayloads, githubSecret } from "../../../support/payloads/github.ts";
import { longSha, newSha, oldSha } from "../../../support/payloads/shas.ts";
import { deliveryOf } from "../../../support/webhook-world.ts";

const secret = { value: githubSecret, username: "" };
const parse = (payload: object, headers: Readonly<Record<string, string>> = {}) => {
  const body = JSON.stringify(payload);
  return github.parse(deliveryOf(githubHeaders(body, headers), body), payload);
};

describe("GitHub's signature", () => {
  it("is the one in GitHub's documentation", async () => {
    const documented = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    expect(await github.verify(deliveryOf({ "X-Hub-Signature-256": documented }, "Hello, World!"), secret)).toBe(true);
    expect(await github.verify(deliveryOf({ "X-Hub-Signature-256": documented }, "Hello, World"), secret)).toBe(false);
  });

  it("covers form-encoded bodies as they came (W-11)", async () => {
    const form = `payload=${encodeURIComponent(JSON.stringify(githubPayloads.push))}`;
    expect(await github.verify(deliveryOf(githubHeaders(form), form), secret)).toBe(true);
    expect(await github.verify(deliveryOf(githubHeaders(form), decodeURIComponent(form)), secret)).toBe(false);
  });

  it("covers a byte order mark, and never bytes that are no UTF-8 (W-11)", async () => {
    const marked = "\ufeff{}";
    expect(await github.verify(deliveryOf(githubHeaders(marked), marked), secret)).toBe(true);
    expect(await github.verify(deliveryOf(githubHeaders(marked), "{}"), secret)).toBe(false);
    const replaced = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(await github.verify(deliveryOf(githubHeaders(replaced.toString("utf8")), replaced), secret)).toBe(false);
    expect(await github.verify(deliveryOf(githubHeaders(replaced), replaced), secret)).toBe(false);
  });
});

describe("GitHub's payloads", () => {
  it("are read where GitHub's own types have them", () => {
    expectTypeOf<EmitterWebhookEvent<"push">["payload"]>().toExtend<z.input<typeof GitHubPush>>();
  });

  it("tell of a moved branch, once for all URLs of its repository", () => {
    expect(parse(githubPayloads.push)).toEqual({
      kind: "moved",
      refs: [
        {
          repositories: ["github.com/acme/web"],
          ref: "refs/heads/main",
          before: oldSha,
          after: newSha,
          pusher: "grace",
          deliveryId: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        },
      ],
    });
  });

  it.each([
    ["a new branch", githubPayloads.newBranch, { ref: "refs/heads/feature/checkout", before: undefined, after: newSha }],
    ["a deleted branch", githubPayloads.deletedBranch, { ref: "refs/heads/old", before: oldSha, after: undefined }],
    ["a new tag", githubPayloads.tag, { ref: "refs/tags/v1.2.3", before: undefined, after: newSha }],
    ["a forced push of an app", githubPayloads.forcedByApp, { ref: "refs/heads/main", pusher: "release-bot[bot]" }],
    ["SHA-256 names", { ...githubPayloads.push, after: longSha }, { after: longSha }],
    ["a pusher of another shape", { ...githubPayloads.push, pusher: { name: 7 } }, { ref: "refs/heads/main", pusher: undefined }],
  ])("tell of %s", (_, payload, expected) => {
    const parsed = parse(payload);
    // `toEqual` takes an undefined field for an absent one.
    const usual = { repositories: ["github.com/acme/web"], ref: "refs/heads/main", before: oldSha, after: newSha, pusher: "grace" };
    expect(parsed).toEqual({ kind: "moved", refs: [{ ...usual, deliveryId: "72d3162e-cc78-11e3-81ab-4c9367dc0958", ...expected }] });
  });

  it.each(["ping", "create", "delete", "pull_request", "issues"])("of event %s do not matter", (event) => {
    expect(parse(githubPayloads.ping, { "X-GitHub-Event": event })).toEqual({ kind: "ignored", because: `event ${event}` });
  });

  const { repository: _repository, ...withoutRepository } = githubPayloads.push;
  it.each([
    ["ref", { ...githubPayloads.push, ref: 7 }],
    ["ref", { ...githubPayloads.push, ref: "x".repeat(10_000) }],
    ["before", { ...githubPayloads.push, before: null }],
    ["after", { ...githubPayloads.push, after: `${newSha} ` }],
    ["after", { ...githubPayloads.push, after: [newSha] }],
    ["repository", withoutRepository],
    ["repository", { ...githubPayloads.push, repository: null }],
    ["repository.clone_url", { ...githubPayloads.push, repository: { full_name: "acme/web" } }],
    ["body", []],
  ])("name the field %s that is not what it should be (W-12)", (field, payload) => {
    expect(parse(payload)).toEqual({ kind: "malformed", field });
  });
});
