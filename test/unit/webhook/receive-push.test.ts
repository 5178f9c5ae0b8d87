import { describe, expect, it } from "vitest";
import { receivePush } from "../../../shared/webhook/receive-push.ts";
import {
  bitbucketCloudHeaders,
  bitbucketCloudPayloads,
  bitbucketDataCenterHeaders,
  bitbucketDataCenterPayloads,
  bitbucketSecret,
} from "../../support/payloads/bitbucket.ts";
import { githubHeaders, githubPayloads, githubSecret } from "../../support/payloads/github.ts";
import { newSha, oldSha } from "../../support/payloads/shas.ts";
import { connectionOf, deliveryOf, now, octocat, webhookWorld } from "../../support/webhook-world.ts";

const secrets = { "webhooks/octocat": { value: githubSecret } };
const push = (payload: object = githubPayloads.push, headers: Readonly<Record<string, string>> = {}) => {
  const body = JSON.stringify(payload);
  return deliveryOf(githubHeaders(body, headers), body);
};

describe("a proven push", () => {
  it("is remembered on its ref, then hinted at, then answered with 202", async () => {
    const { world, wanted, sent, told } = webhookWorld([octocat], secrets);
    expect(await receivePush("octocat", push(), world)).toEqual({ status: 202, body: { accepted: 1, duplicates: 0 } });
    expect(wanted).toEqual([
      {
        repository: "github.com/acme/web",
        ref: "refs/heads/main",
        before: oldSha,
        after: newSha,
        pusher: "grace",
        deliveryId: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        at: now,
      },
    ]);
    expect(sent).toEqual([{ v: 1, kind: "ref", repository: "github.com/acme/web", ref: "refs/heads/main" }]);
    expect(told.map(({ event }) => event)).toEqual(["push-received"]);
  });

  it("delivered again under its id changes nothing (W-08)", async () => {
    const { world, wanted, sent } = webhookWorld([octocat], secrets);
    await receivePush("octocat", push(), world);
    expect(await receivePush("octocat", push(), world)).toEqual({ status: 202, body: { accepted: 0, duplicates: 1 } });
    expect([wanted.length, sent.length]).toEqual([1, 1]);
  });

  it("replayed under another id only makes fetch look again: the hint names a ref and nothing else (W-08)", async () => {
    const { world, sent } = webhookWorld([octocat], secrets);
    await receivePush("octocat", push(), world);
    await receivePush("octocat", push(githubPayloads.push, { "X-GitHub-Delivery": "replayed" }), world);
    expect(sent).toEqual([sent[0], sent[0]]);
    expect(Object.keys(sent[0] ?? {})).toEqual(["v", "kind", "repository", "ref"]);
  });

  it("without an id of its own is known by its bytes", async () => {
    const { world, wanted } = webhookWorld([octocat], secrets);
    await receivePush("octocat", push(githubPayloads.push, { "X-GitHub-Delivery": "" }), world);
    await receivePush("octocat", push(githubPayloads.push, { "X-GitHub-Delivery": `${"x".repeat(5_000)}` }), world);
    expect(wanted.map(({ deliveryId }) => deliveryId)).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
  });

  it("of several refs is remembered for each of them", async () => {
    const connection = connectionOf({ provider: "bitbucket-cloud", repositories: ["bitbucket.org/acme/*"] });
    const { world, sent } = webhookWorld([connection], { "webhooks/octocat": { value: bitbucketSecret } });
    const body = JSON.stringify(bitbucketCloudPayloads.several);
    const answer = await receivePush("octocat", deliveryOf(bitbucketCloudHeaders(body), body), world);
    expect(answer.body).toEqual({ accepted: 3, duplicates: 0 });
    expect(sent.map((message) => message.kind === "ref" && message.ref)).toEqual(["refs/heads/main", "refs/heads/old", "refs/tags/v1"]);
  });

  it("is remembered under each allowed URL of its repository where they differ", async () => {
    const repositories = ["https://bitbucket.example.com/scm/acme/*", "ssh://git@bitbucket.example.com:7999/acme/*"];
    const connection = connectionOf({ provider: "bitbucket-data-center", repositories });
    const { world, wanted } = webhookWorld([connection], { "webhooks/octocat": { value: bitbucketSecret } });
    const body = JSON.stringify(bitbucketDataCenterPayloads.push);
    await receivePush("octocat", deliveryOf(bitbucketDataCenterHeaders(body), body), world);
    expect(wanted.map(({ repository }) => repository)).toEqual([
      "bitbucket.example.com:7999/acme/web",
      "bitbucket.example.com/scm/acme/web",
    ]);
  });

  it("may come as a form from hosts that send forms, and from no other (W-11)", async () => {
    const form = `payload=${encodeURIComponent(JSON.stringify(githubPayloads.push))}`;
    const type = { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" };
    const { world, wanted } = webhookWorld([octocat], secrets);
    expect((await receivePush("octocat", deliveryOf(githubHeaders(form, type), form), world)).status).toBe(202);
    expect(wanted).toHaveLength(1);

    const cloud = webhookWorld([connectionOf({ provider: "bitbucket-cloud" })], { "webhooks/octocat": { value: bitbucketSecret } });
    const answer = await receivePush("octocat", deliveryOf(bitbucketCloudHeaders(form, type), form), cloud.world);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining("not JSON") } });
  });
});

describe("what does not matter", () => {
  it("is answered with 202 and remembered nowhere: a ping", async () => {
    const { world, wanted, sent } = webhookWorld([octocat], secrets);
    const answer = await receivePush("octocat", push(githubPayloads.ping, { "X-GitHub-Event": "ping" }), world);
    expect(answer).toEqual({ status: 202, body: { ignored: "event ping" } });
    expect([wanted, sent]).toEqual([[], []]);
  });

  it.each([
    "github.com/other/*",
    "github.com/acme",
    "github.com/acme/web/*",
    "github.com/acme/we",
    "gitlab.com/acme/*",
    "*/web",
    "github.com/acme/w*eb*b",
  ])("a repository outside %s (W-07)", async (pattern) => {
    const { world, wanted, told } = webhookWorld([connectionOf({ repositories: [pattern] })], secrets);
    expect((await receivePush("octocat", push(), world)).status).toBe(202);
    expect(wanted).toEqual([]);
    expect(told).toMatchObject([{ event: "push-ignored", facts: { repository: "github.com/acme/web" } }]);
  });

  it.each([
    "github.com/acme/web",
    "https://GitHub.com/Acme/*.git",
    "github.com/**",
    "**",
    "github.com/*/web",
    "github.com/**/web",
    "git*.com/a*e/w*b",
  ])("but a repository covered by %s does", async (pattern) => {
    const { world, wanted } = webhookWorld([connectionOf({ repositories: [pattern] })], secrets);
    await receivePush("octocat", push(), world);
    expect(wanted).toHaveLength(1);
  });

  it("a connection without patterns speaks for nothing", async () => {
    const { world, wanted } = webhookWorld([connectionOf({ repositories: [] })], secrets);
    await receivePush("octocat", push(), world);
    expect(wanted).toEqual([]);
  });
});

describe("trouble of our own", () => {
  it("is 503 when a wish could not be written, so that the delivery comes again", async () => {
    const { world, sent } = webhookWorld([octocat], secrets, { want: () => true });
    expect((await receivePush("octocat", push(), world)).status).toBe(503);
    expect(sent).toEqual([]);
  });

  it("is 503 when only some wishes could be written; the redelivery completes them", async () => {
    const body = JSON.stringify(bitbucketCloudPayloads.several);
    const connection = connectionOf({ provider: "bitbucket-cloud", repositories: ["**"] });
    let down = true;
    const trouble = { want: ({ ref }: { readonly ref: string }) => down && ref === "refs/heads/old" };
    const { world, wanted, sent } = webhookWorld([connection], { "webhooks/octocat": { value: bitbucketSecret } }, trouble);
    const delivery = deliveryOf(bitbucketCloudHeaders(body), body);
    expect((await receivePush("octocat", delivery, world)).status).toBe(503);
    expect([wanted.length, sent.length]).toEqual([2, 2]);
    down = false;
    expect((await receivePush("octocat", delivery, world)).body).toEqual({ accepted: 1, duplicates: 2 });
    expect([wanted.length, sent.length]).toEqual([3, 3]);
  });

  it("is 503 when the secret store does not answer: nobody was refused for our fault", async () => {
    const { world } = webhookWorld([octocat], secrets, { secrets: true });
    expect((await receivePush("octocat", push(), world)).status).toBe(503);
  });

  it("is no trouble when the hint is lost after the write: the sweeper sends it again (F-04, F-05)", async () => {
    const { world, wanted, told } = webhookWorld([octocat], secrets, { send: true });
    expect((await receivePush("octocat", push(), world)).status).toBe(202);
    expect(wanted).toHaveLength(1);
    expect(told.map(({ event }) => event)).toEqual(["push-received", "hint-not-sent"]);
  });
});
