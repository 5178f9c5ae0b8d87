import { describe, expect, it } from "vitest";
import { gitea } from "../../../../shared/webhook/providers/gitea.ts";
import { giteaHeaders, giteaPayloads, giteaSecret } from "../../../support/payloads/gitea.ts";
import { newSha, oldSha } from "../../../support/payloads/shas.ts";
import { deliveryOf } from "../../../support/webhook-world.ts";

describe("Gitea's and Forgejo's signature", () => {
  it.each(["X-Gitea-Signature", "X-Forgejo-Signature"])("in %s is bare hex HMAC-SHA256, as in RFC 4231's second case", (header) => {
    const signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const secret = { value: "Jefe", username: "" };
    expect(gitea.verify(deliveryOf({ [header]: signature }, "what do ya want for nothing?"), secret)).toBe(true);
    expect(gitea.verify(deliveryOf({ [header]: signature }, "what do ya want for nothing!"), secret)).toBe(false);
    expect(gitea.verify(deliveryOf({ [header]: `sha256=${signature}` }, "what do ya want for nothing?"), secret)).toBe(false);
  });

  it("is not GitHub's, though that comes along (W-06)", () => {
    const { "X-Gitea-Signature": _signature, ...others } = giteaHeaders("{}");
    expect(gitea.verify(deliveryOf(others, "{}"), { value: giteaSecret, username: "" })).toBe(false);
  });
});

describe("Gitea's and Forgejo's payloads", () => {
  const parse = (payload: object, event = "push", headers: Readonly<Record<string, string>> = {}) => {
    const body = JSON.stringify(payload);
    return gitea.parse(deliveryOf(giteaHeaders(body, { "X-Gitea-Event": event, ...headers }), body), payload);
  };
  const known = {
    repositories: ["git.example.com/acme/web", "git.example.com:2222/acme/web"],
    deliveryId: "f6266f16-1bf3-46a5-9ea4-602e06ead473",
    pusher: "grace",
  };

  it.each([
    ["a moved branch", giteaPayloads.push, "push", { ...known, ref: "refs/heads/main", before: oldSha, after: newSha }],
    ["a new branch", giteaPayloads.newBranch, "push", { ...known, ref: "refs/heads/feature/a", after: newSha }],
    ["a pushed tag", giteaPayloads.tag, "push", { ...known, ref: "refs/tags/v1", after: newSha }],
    ["a created tag", giteaPayloads.createdTag, "create", { ...known, ref: "refs/tags/v1", after: newSha }],
    ["a deleted branch", giteaPayloads.deletedBranch, "delete", { ...known, ref: "refs/heads/old" }],
  ])("tell of %s", (_, payload, event, ref) => {
    expect(parse(payload, event)).toEqual({ kind: "moved", refs: [ref] });
  });

  it("are read by Forgejo's header where it sends one", () => {
    expect(parse(giteaPayloads.push, "issues", { "X-Forgejo-Event": "push" }).kind).toBe("moved");
  });

  it("of other events do not matter, whatever GitHub's header says", () => {
    expect(parse(giteaPayloads.issue, "issues")).toEqual({ kind: "ignored", because: "event issues" });
  });

  it.each([
    ["after", { ...giteaPayloads.push, after: undefined }, "push"],
    ["repository.clone_url", { ...giteaPayloads.push, repository: { clone_url: {} } }, "push"],
    ["ref_type", { ...giteaPayloads.deletedBranch, ref_type: "repository" }, "delete"],
    ["ref", { ...giteaPayloads.createdTag, ref: null }, "create"],
  ])("name the field %s that is not what it should be (W-12)", (field, payload, event) => {
    expect(parse(payload, event)).toEqual({ kind: "malformed", field });
  });
});
