import { describe, expect, it } from "vitest";
import { parseAddress, relativeTo } from "../../../../shared/adapters/git/address.ts";

const rules = { allowHttp: false };
const refusal = (url: string, allowHttp = false): string => {
  try {
    parseAddress(url, { allowHttp });
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "accepted";
};

describe("a repository's URL", () => {
  it.each([
    ["https://github.com/org/app.git", "https://github.com/org/app.git"],
    ["https://github.com/org/app/", "https://github.com/org/app"],
    ["HTTPS://GitHub.com/org/app?x=1#y", "https://github.com/org/app"],
    ["https://org@dev.azure.com/org/project/_git/app", "https://dev.azure.com/org/project/_git/app"],
    ["http://127.0.0.1:4000/org/app.git", "http://127.0.0.1:4000/org/app.git"],
    ["http://localhost/app", "http://localhost/app"],
  ])("over http: %s", (url, base) => {
    expect(parseAddress(url, rules)).toMatchObject({ kind: "http", base, label: base });
  });

  it.each([
    ["ssh://git@github.com/org/app.git", { host: "github.com", port: 22, username: "git", path: "/org/app.git" }],
    ["ssh://github.com:2222/org/app.git", { host: "github.com", port: 2222, username: undefined, path: "/org/app.git" }],
    ["git+ssh://git@host/app", { host: "host", path: "/app" }],
    ["ssh://host/~ada/app", { path: "~ada/app" }],
    ["git@github.com:org/app.git", { host: "github.com", port: 22, username: "git", path: "org/app.git" }],
    ["host:org/app.git", { host: "host", username: undefined, path: "org/app.git" }],
    ["git@ssh.dev.azure.com:v3/org/project/app", { host: "ssh.dev.azure.com", path: "v3/org/project/app" }],
    ["ssh://git@[::1]:22/app", { host: "::1" }],
  ])("over ssh: %s", (url, parts) => {
    expect(parseAddress(url, rules)).toMatchObject({ kind: "ssh", ...parts });
  });

  it.each([
    "ext::sh -c touch% /tmp/x",
    "file:///etc",
    "/etc/passwd",
    "../app",
    "git://host/app",
    "fd::17",
    "ssh://-oProxyCommand=touch/x",
    "-oProxyCommand=touch:x",
    "git@-oProxyCommand=x:app",
    "git@host:--upload-pack=touch",
    "ssh://git@host/",
    "https://",
    "https://host/a\nb",
    "ssh://git@host/a%0ab",
    "ssh://git@ho st/app",
    "",
  ])("is refused: %j (G-13)", (url) => {
    expect(() => parseAddress(url, rules)).toThrow(expect.objectContaining({ code: "SourceInvalid", retry: false }));
  });

  it("with a password is refused, and the password is not repeated", () => {
    for (const url of ["https://ada:s3cr3t@host/app", "ssh://ada:s3cr3t@host/app"]) {
      expect(refusal(url)).toMatch(/holds a password/);
      expect(refusal(url)).not.toContain("s3cr3t");
    }
  });

  it("without encryption is refused, unless it is on this machine or the installation allows it", () => {
    expect(refusal("http://git.example/app")).toMatch(/plain http/);
    expect(refusal("http://git.example/app", true)).toBe("accepted");
  });
});

describe("a submodule's URL", () => {
  it.each([
    ["https://host/org/app.git", "../lib.git", "https://host/org/lib.git"],
    ["https://host/org/app", "../../other/lib", "https://host/other/lib"],
    ["https://host/org/app.git", "./lib.git", "https://host/org/app.git/lib.git"],
    ["git@host:org/app.git", "../lib.git", "git@host:org/lib.git"],
    ["ssh://git@host:22/org/app.git", "../lib.git", "ssh://git@host:22/org/lib.git"],
    ["https://host/app.git", "../../../../lib.git", "https://host/lib.git"],
    ["https://host/app.git", "https://elsewhere/lib.git", "https://elsewhere/lib.git"],
  ])("in %s written as %s is %s", (parent, url, whole) => {
    expect(relativeTo(parent, url)).toBe(whole);
  });
});
