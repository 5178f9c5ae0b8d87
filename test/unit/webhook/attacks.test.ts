import { describe, expect, it } from "vitest";
import { receivePush, unauthorised } from "../../../shared/webhook/receive-push.ts";
import { azureHeaders } from "../../support/payloads/azure-devops.ts";
import { giteaHeaders, giteaPayloads, giteaSecret } from "../../support/payloads/gitea.ts";
import { githubHeaders, githubPayloads, githubSecret } from "../../support/payloads/github.ts";
import { gitlabHeaders, gitlabPayloads, gitlabToken } from "../../support/payloads/gitlab.ts";
import { connectionOf, deliveryOf, octocat, type SecretEntries, webhookWorld } from "../../support/webhook-world.ts";

const body = JSON.stringify(githubPayloads.push);
const genuine = githubHeaders(body);
const signature = genuine["X-Hub-Signature-256"];
const allSecrets = { "webhooks/octocat": { value: githubSecret } };

const receive = (headers: Readonly<Record<string, string>>, secrets: SecretEntries = allSecrets, sent: string | Uint8Array = body) => {
  const { world, wanted } = webhookWorld([octocat], secrets);
  return receivePush("octocat", deliveryOf(headers, sent), world).then((answer) => ({ answer, wanted }));
};

describe("proof", () => {
  it("is there: the genuine delivery is accepted", async () => {
    expect((await receive(genuine)).answer.status).toBe(202);
  });

  const { "X-Hub-Signature-256": _signature, ...unsigned } = genuine;
  it.each([
    ["no signature (W-01)", unsigned],
    ["an empty signature (W-01)", { ...genuine, "X-Hub-Signature-256": "" }],
    ["a wrong signature (W-02)", { ...genuine, "X-Hub-Signature-256": `sha256=${"0".repeat(64)}` }],
    ["a truncated signature (W-02, W-03)", { ...genuine, "X-Hub-Signature-256": signature.slice(0, -1) }],
    ["half a signature (W-02, W-03)", { ...genuine, "X-Hub-Signature-256": signature.slice(0, 39) }],
    ["an over-long signature (W-02, W-03)", { ...genuine, "X-Hub-Signature-256": `${signature}00` }],
    ["an endless signature (W-02, W-03)", { ...genuine, "X-Hub-Signature-256": `sha256=${"ab".repeat(100_000)}` }],
    ["an upper-case signature (W-02)", { ...genuine, "X-Hub-Signature-256": signature.toUpperCase() }],
    ["a signature that is no hex (W-02)", { ...genuine, "X-Hub-Signature-256": `sha256=${"zz".repeat(32)}` }],
    ["a signature without its prefix (W-02)", { ...genuine, "X-Hub-Signature-256": signature.slice("sha256=".length) }],
    ["a signature sent twice (W-02)", { ...genuine, "X-Hub-Signature-256": `${signature}, ${signature}` }],
    ["a SHA-1 signature only (W-04)", { ...unsigned, "X-Hub-Signature-256": genuine["X-Hub-Signature"] }],
    ["GitLab's token on a GitHub connection (W-06)", { ...unsigned, ...gitlabHeaders({ "X-Gitlab-Token": githubSecret }) }],
    ["a basic login on a GitHub connection (W-06)", { ...unsigned, ...azureHeaders() }],
    ["Gitea's signature on a GitHub connection (W-06)", { ...unsigned, "X-Gitea-Signature": signature.slice("sha256=".length) }],
  ])("is missing with %s", async (_, headers) => {
    const { answer, wanted } = await receive(headers);
    expect(answer).toBe(unauthorised);
    expect(wanted).toEqual([]);
  });

  it("of Gitea is not taken by a GitHub connection and the other way round, though the headers look alike (W-06)", async () => {
    const payload = JSON.stringify(giteaPayloads.push);
    const { "X-Hub-Signature-256": _hub, ...own } = giteaHeaders(payload);
    const connection = connectionOf({ repositories: ["**"] });
    const asGitHub = webhookWorld([connection], { "webhooks/octocat": { value: giteaSecret } });
    const asGitea = webhookWorld([{ ...connection, provider: "gitea" }], { "webhooks/octocat": { value: giteaSecret } });
    expect(await receivePush("octocat", deliveryOf(own, payload), asGitHub.world)).toBe(unauthorised);
    expect((await receivePush("octocat", deliveryOf(own, payload), asGitea.world)).status).toBe(202);
    expect(await receivePush("octocat", deliveryOf(genuine, body), asGitea.world)).toBe(unauthorised);
  });

  it("covers every byte of the body", async () => {
    expect((await receive(genuine, allSecrets, `${body} `)).answer).toBe(unauthorised);
    expect((await receive(genuine, allSecrets, body.replace("acme/web", "acme/wob"))).answer).toBe(unauthorised);
    expect((await receive(genuine, allSecrets, "")).answer).toBe(unauthorised);
  });

  it.each([
    ["no entry", {}],
    ["an entry without a value", { "webhooks/octocat": {} }],
    ["an empty value", { "webhooks/octocat": { value: "" } }],
    ["a blank value", { "webhooks/octocat": { value: " \n" } }],
  ])("is impossible when the secret store has %s: nothing is accepted (W-05)", async (_, secrets) => {
    expect((await receive(genuine, secrets)).answer).toBe(unauthorised);
    expect((await receive(unsigned, secrets)).answer).toBe(unauthorised);
    const withEmptyKey = webhookWorld([connectionOf({ provider: "gitlab" })], secrets);
    expect(await receivePush("octocat", deliveryOf(gitlabHeaders({ "X-Gitlab-Token": "" }), body), withEmptyKey.world)).toBe(unauthorised);
  });

  it("by either of two secrets counts while one is rotated, by none after (W-19)", async () => {
    const rotating = { "webhooks/octocat": { value: "the new one", previous: githubSecret } };
    expect((await receive(genuine, rotating)).answer.status).toBe(202);
    expect((await receive(genuine, { "webhooks/octocat": { value: githubSecret, previous: "" } })).answer.status).toBe(202);
    expect((await receive(genuine, { "webhooks/octocat": { value: "the new one" } })).answer).toBe(unauthorised);
  });

  it("for a connection nobody has is answered like a bad signature (W-20)", async () => {
    const { world, told } = webhookWorld([octocat], allSecrets);
    for (const path of ["nobody", "octocat-", "", "__proto__", "constructor", "octocat/x", "x".repeat(10_000)])
      expect(await receivePush(path, deliveryOf(genuine, body), world)).toBe(unauthorised);
    expect(JSON.stringify(unauthorised)).not.toMatch(/signature|connection|secret/i);
    expect(JSON.stringify(told)).not.toContain(githubSecret);
    expect(JSON.stringify(told).length).toBeLessThan(2_000);
  });

  it("needs the connection's whole path, suffix included", async () => {
    const { world } = webhookWorld([connectionOf({ suffix: "k3v9x2" })], allSecrets);
    expect(await receivePush("octocat", deliveryOf(genuine, body), world)).toBe(unauthorised);
    expect((await receivePush("octocat-k3v9x2", deliveryOf(genuine, body), world)).status).toBe(202);
  });
});

const signed = (payload: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  receive(githubHeaders(payload, headers), allSecrets, payload);
const withField = (json: string) => `{${json},${body.slice(1)}`;

describe("proven bodies of strange shape", () => {
  it.each([
    ["invalid UTF-8 is refused by the proof (W-11)", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 401],
    ["a byte order mark is dropped (W-11)", `\ufeff${body}`, 202],
    ["an empty object (W-12)", "{}", 400],
    ["no JSON (W-12)", "push!", 400],
    ["half of the JSON (W-12)", body.slice(0, 200), 400],
    ["null (W-12)", "null", 400],
    ["deep nesting (W-13)", withField(`"deep":${"[".repeat(100_000)}${"]".repeat(100_000)}`), 202],
    ["80,000 keys (W-13)", withField(Array.from({ length: 80_000 }, (_, at) => `"k${at}":0`).join(",")), 202],
    ["huge numbers (W-13)", withField(`"id":${"9".repeat(10_000)},"size":1e99999`), 202],
    ["__proto__ and constructor (W-13)", withField('"__proto__":{"ref":"refs/heads/evil"},"constructor":{"prototype":{"ref":1}}'), 202],
  ])("%s", async (_, payload, status) => {
    const { answer, wanted } = await signed(payload);
    expect(answer.status).toBe(status);
    expect(wanted.map(({ ref }) => ref)).toEqual(status === 202 ? ["refs/heads/main"] : []);
    expect(Object.prototype).not.toHaveProperty("ref");
  });

  it("of bytes that are no UTF-8 are refused rather than read with replacements (W-11)", async () => {
    const { world, wanted } = webhookWorld([connectionOf({ provider: "gitlab" })], { "webhooks/octocat": { value: gitlabToken } });
    const broken = Buffer.from(JSON.stringify(gitlabPayloads.push).replace("Platform", "\u00ff"), "latin1");
    expect(await receivePush("octocat", deliveryOf(gitlabHeaders(), broken), world)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("not UTF-8") },
    });
    expect(wanted).toEqual([]);
  });

  it("of which the last of two equal fields counts, as everywhere else (W-13)", async () => {
    const { wanted } = await signed(`${body.slice(0, -1)},"ref":"refs/heads/later"}`);
    expect(wanted.map(({ ref }) => ref)).toEqual(["refs/heads/later"]);
  });

  it("give their holder the field's name, never a value", async () => {
    const { answer } = await signed(JSON.stringify({ ...githubPayloads.push, after: "<script>" }));
    expect(answer).toEqual({ status: 400, body: { error: "field after is not what a push of github has" } });
  });
});

describe("ref names (W-15)", () => {
  const pushTo = (ref: string) => signed(JSON.stringify({ ...githubPayloads.push, ref }));

  it.each([
    "refs/heads/../../etc/passwd",
    "refs/heads/-x",
    "refs/heads/--upload-pack=touch /tmp/x",
    "--upload-pack=x",
    "refs/heads/a\nb",
    "refs/heads/a\u0000b",
    "refs/heads/a b",
    "refs/heads/.hidden",
    "refs/heads/x.lock",
    "refs/heads/",
    "refs/heads//x",
    "refs/heads/x@{1}",
    "refs/heads/x~1",
    "main",
    "HEAD",
    "",
    `refs/heads/${"x".repeat(300)}`,
  ])("%j is remembered nowhere", async (ref) => {
    const { answer, wanted } = await pushTo(ref);
    expect(wanted).toEqual([]);
    expect(answer.status).toBe(202);
  });

  it.each(["refs/heads/feature/a+b_c.d-e", "refs/heads/übung", "refs/tags/v1.2.3-rc.1", "refs/heads/@", "refs/heads/__proto__"])(
    "%s is a ref like any other",
    async (ref) => {
      expect((await pushTo(ref)).wanted.map((push) => push.ref)).toEqual([ref]);
    },
  );

  it("keep a tag apart from the branch of its name", async () => {
    const [branch, tag] = await Promise.all([pushTo("refs/heads/release"), pushTo("refs/tags/release")]);
    expect(branch.wanted[0]?.ref).not.toBe(tag.wanted[0]?.ref);
  });
});

describe("repository URLs in the body", () => {
  const pushOf = (clone_url: string) => signed(JSON.stringify({ ...githubPayloads.push, repository: { clone_url } }));

  it.each([
    "https://github.com/acme/../evil/web",
    "https://github.com/evil/web?x=/acme/web",
    "https://github.com@evil.example/acme/web",
    "https://evil.example/github.com/acme/web",
    "http://169.254.169.254/acme/web",
    "file:///etc/passwd",
    "ext::sh -c touch% /tmp/x",
    `https://github.com/${"(a+)+$".repeat(80)}`,
  ])("%s is not what the connection speaks for (W-07, W-14, W-16)", async (url) => {
    expect((await pushOf(url)).wanted).toEqual([]);
  });

  it("may not be longer than any repository's (W-14)", async () => {
    expect((await pushOf(`https://github.com/acme/${"a".repeat(600)}`)).answer.status).toBe(400);
  });

  it("count one by one: an allowed one does not vouch for the others (W-07)", async () => {
    const repository = { clone_url: "https://github.com/acme/web.git", ssh_url: "git@evil.example:acme/web.git" };
    const { wanted } = await signed(JSON.stringify({ ...githubPayloads.push, repository }));
    expect(wanted.map((push) => push.repository)).toEqual(["github.com/acme/web"]);
  });
});
