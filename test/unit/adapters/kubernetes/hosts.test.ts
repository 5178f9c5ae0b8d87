import { describe, expect, it } from "vitest";
import { addressAllowed, lookupAllowed, parseServer } from "../../../../shared/adapters/kubernetes/hosts.ts";

const problem = (server: string, allowLoopback = false): string => {
  try {
    parseServer("prod", server, allowLoopback);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

describe("where a cluster may be (K-05)", () => {
  it.each([
    "https://api.example.org",
    "https://10.1.2.3:6443",
    "https://[2001:db8::1]:6443",
    "https://rancher.example/k8s/clusters/c-1",
    "https://192.168.0.1",
  ])("at %s", (server) => expect(problem(server)).toBe(""));

  it.each([
    ["http://api.example.org", "https://"],
    ["ftp://api.example.org", "https://"],
    ["api.example.org", "not a URL"],
    ["https://user:secret@api.example.org", "credentials"],
    ["https://api.example.org/?proxy=x", "query"],
    ["https://127.0.0.1:6443", "loopback"],
    ["https://127.1", "loopback"],
    ["https://0x7f000001", "loopback"],
    ["https://2130706433", "loopback"],
    ["https://[::1]", "loopback"],
    ["https://[::ffff:127.0.0.1]", "loopback"],
    ["https://0.0.0.0", "loopback"],
    ["https://localhost:6443", "this machine"],
    ["https://localhost.", "this machine"],
    ["https://api.localhost", "this machine"],
    ["https://169.254.169.254", "metadata"],
    ["https://[::ffff:169.254.169.254]", "metadata"],
    ["https://[fe80::1]", "link-local"],
    ["https://[fd00:ec2::254]", "metadata"],
    ["https://metadata.google.internal", "metadata"],
  ])("not at %s", (server, why) => expect(problem(server)).toContain(why));

  it("never shows the credentials that a URL held", () => {
    expect(problem("https://user:hunter2@api.example.org")).not.toContain("hunter2");
  });

  it("on this machine where the installation file allows that, but not at a metadata service even then", () => {
    expect(problem("https://127.0.0.1:6443", true)).toBe("");
    expect(problem("https://localhost:6443", true)).toBe("");
    expect(problem("https://169.254.169.254", true)).toContain("metadata");
    expect(addressAllowed("127.0.0.53", true)).toBe(true);
    expect(addressAllowed("169.254.170.2", true)).toBe(false);
  });
});

describe("a name that is looked up when it is used", () => {
  const resolve = (allowLoopback: boolean, all: boolean) =>
    new Promise<string>((done) => {
      lookupAllowed(allowLoopback)("localhost", { all }, (error, address) => done(error ? error.message : JSON.stringify(address)));
    });

  it("is refused when it leads to a forbidden address, in both forms that Node asks in", async () => {
    for (const all of [true, false]) expect(await resolve(false, all)).toContain("is no address for a cluster");
  });

  it("is answered otherwise", async () => {
    expect(await resolve(true, true)).toMatch(/127\.0\.0\.1|::1/);
    expect(await resolve(true, false)).toMatch(/127\.0\.0\.1|::1/);
  });
});
