import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseRepositoryUrl } from "../../../shared/model/repository-url.ts";

const forms = (key: string, urls: readonly string[]) =>
  it.each(urls)(`%s is ${key}`, (url) => {
    expect(normaliseRepositoryUrl(url)).toBe(key);
  });

describe("one key for all forms of a repository's URL", () => {
  forms("github.com/acme/web", [
    "https://github.com/acme/web",
    "https://github.com/acme/web.git",
    "https://github.com/acme/web/",
    "https://github.com/acme/web.git/",
    "http://github.com:80/acme/web",
    "https://github.com:443/acme/web",
    "HTTPS://GitHub.com/Acme/Web.GIT",
    "https://user:token@github.com/acme/web?x=1#readme",
    "https://www.github.com/acme/web",
    "git@github.com:acme/web.git",
    "git@github.com:/acme/web.git",
    "ssh://git@github.com/acme/web.git",
    "ssh://git@github.com:22/acme/web.git",
    "ssh://git@github.com:acme/web.git",
    "ssh://git@ssh.github.com:443/acme/web.git",
    "git+ssh://git@github.com/acme/web",
    "git::https://github.com/acme/web.git",
    "git://github.com/acme/web.git",
    "github.com/acme/web",
    "  https://github.com//acme//web.git\n",
    "https://github.com/other/../acme/./web",
  ]);
  forms("dev.azure.com/acme/big%20shop/_git/web", [
    "https://dev.azure.com/acme/Big%20Shop/_git/web",
    "https://acme@dev.azure.com/acme/Big Shop/_git/web",
    "https://acme.visualstudio.com/Big%20Shop/_git/web",
    "https://acme.visualstudio.com/DefaultCollection/Big%20Shop/_git/web",
    "git@ssh.dev.azure.com:v3/acme/Big%20Shop/web",
    "acme@vs-ssh.visualstudio.com:v3/acme/Big%20Shop/web",
  ]);
  forms("dev.azure.com/acme/web/_git/web", ["https://dev.azure.com/acme/_git/web", "https://acme.visualstudio.com/_git/web"]);
  forms("git.example.com:8443/team/web", ["https://git.example.com:8443/team/web.git", "git.example.com:8443/team/web"]);
  forms("github.com/123/web", ["git@github.com:123/web.git"]);
  forms("[::1]:8080/web", ["http://[::1]:8080/web.git"]);
  forms("/srv/git/web", ["file:///srv/git/web.git", "/srv/git/web.git"]);
  forms("oci://ghcr.io/acme/charts", ["oci://ghcr.io/acme/charts/"]);
});

describe("what must stay apart", () => {
  it.each([
    ["https://git.example.com/team/Web", "https://git.example.com/team/web"],
    ["https://git.example.com:8443/web", "https://git.example.com/web"],
    ["ssh://git@git.example.com:7999/team/web", "ssh://git@git.example.com/team/web"],
    ["https://github.com/acme/web", "https://github.com.evil.example/acme/web"],
    ["https://github.com/acme/web", "https://evil.example/github.com/acme/web"],
    ["https://github.com/acme/web", "https://github.com@evil.example/acme/web"],
    ["https://github.com/acme/web", "https://github.com\\@evil.example/acme/web"],
    ["https://github.com/acme/web", "https://github.com/acme/../evil/web"],
    ["https://github.com/acme/web", "https://github.com/acme%2Fweb"],
    ["s3://bucket/charts", "https://bucket/charts"],
  ])("%s and %s", (one, other) => {
    expect(normaliseRepositoryUrl(one)).not.toBe(normaliseRepositoryUrl(other));
  });

  it("never keeps credentials", () => {
    expect(normaliseRepositoryUrl("https://me:s3cret@git.example.com/a")).not.toContain("s3cret");
    expect(normaliseRepositoryUrl("me:s3cret@git.example.com/a")).not.toContain("s3cret");
  });
});

describe("strange input (W-14)", () => {
  const pieces = fc.constantFrom(
    ..."aZ0:/@.[]?#%* \\\n\0é",
    "://",
    "..",
    ".git",
    "git@",
    "https://",
    "ssh://",
    "%2e",
    "v3/",
    "_git/",
    ".visualstudio.com",
  );
  const strange = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.webUrl(),
    fc.array(pieces, { maxLength: 14 }).map((all) => all.join("")),
  );

  it("lost one more `.git` each time it was read, where two stood at the end", () => {
    expect(normaliseRepositoryUrl("host/a/.git/.git")).toBe("host/a");
    expect(normaliseRepositoryUrl(normaliseRepositoryUrl("_git/.git\\.git"))).toBe(normaliseRepositoryUrl("_git/.git\\.git"));
  });

  it("read a host of encoded dots as a number first and as an address the second time", () => {
    expect(normaliseRepositoryUrl("0.%2e")).toBe("0.0.0.0");
  });

  it("never throws, and gives a key back unchanged", () => {
    fc.assert(
      fc.property(strange, (url) => {
        const key = normaliseRepositoryUrl(url);
        expect(normaliseRepositoryUrl(key)).toBe(key);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(["/", "@", ":", ".git", "[", "%", "../", "a/", "?", "git+", ".", " "])("takes linear time for a long run of %j", (piece) => {
    const millisecondsFor = (times: number): number => {
      const start = performance.now();
      normaliseRepositoryUrl(piece.repeat(times));
      normaliseRepositoryUrl(`https://h/${piece.repeat(times)}`);
      return performance.now() - start;
    };
    // Quadratic time would be 10,000 times as long as for 1,000 and run into minutes.
    expect(millisecondsFor(100_000)).toBeLessThan(1_000);
  });
});
