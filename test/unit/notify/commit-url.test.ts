import { describe, expect, it } from "vitest";
import { commitUrl } from "../../../shared/notify/commit-url.ts";
import { newSha } from "../../support/payloads/shas.ts";

describe("the link to a commit", () => {
  it.each([
    ["https://github.com/acme/web.git", "https://github.com/acme/web/commit/"],
    ["git@github.com:acme/web.git", "https://github.com/acme/web/commit/"],
    ["ssh://git@ssh.github.com:443/acme/web", "https://github.com/acme/web/commit/"],
    ["https://user:token@github.com/acme/web", "https://github.com/acme/web/commit/"],
    ["https://gitlab.com/acme/platform/web.git", "https://gitlab.com/acme/platform/web/-/commit/"],
    ["git@gitlab.example.com:acme/web.git", "https://gitlab.example.com/acme/web/-/commit/"],
    ["https://bitbucket.org/acme/web", "https://bitbucket.org/acme/web/commits/"],
    ["https://bitbucket.example.com/scm/acme/web.git", "https://bitbucket.example.com/projects/acme/repos/web/commits/"],
    ["ssh://git@bitbucket.example.com:7999/acme/web.git", "https://bitbucket.example.com/projects/acme/repos/web/commits/"],
    ["https://dev.azure.com/acme/Big%20Shop/_git/web", "https://dev.azure.com/acme/Big%20Shop/_git/web/commit/"],
    ["git@ssh.dev.azure.com:v3/acme/Big%20Shop/web", "https://dev.azure.com/acme/Big%20Shop/_git/web/commit/"],
    ["https://git.example.com:8443/acme/web.git/", "https://git.example.com:8443/acme/web/commit/"],
    ["ssh://git@git.example.com:2222/acme/web.git", "https://git.example.com/acme/web/commit/"],
    ["http://git.example.com/acme/web", "http://git.example.com/acme/web/commit/"],
  ])("of %s begins with %s", (repository, page) => {
    expect(commitUrl(repository, newSha)).toBe(`${page}${newSha}`);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///srv/git/web.git",
    "/srv/git/web.git",
    "oci://ghcr.io/acme/charts",
    "https://",
    "",
    "http://127.0.0.1:4321/sample.git",
    "http://localhost/web.git",
    "https://github.com",
    `https://github.com/${"x".repeat(3_000)}`,
  ])("is left out for %s", (repository) => {
    expect(commitUrl(repository, newSha)).toBeUndefined();
  });

  it.each(["main", "1.2.3", "", "../../x", `${newSha}/x`])("is left out for %s, which is no sha", (sha) => {
    expect(commitUrl("https://github.com/acme/web", sha)).toBeUndefined();
  });
});
