import { describe, expect, it } from "vitest";
import { readPointer } from "../../../../shared/adapters/git/lfs.ts";
import { isPlainName } from "../../../../shared/adapters/git/objects.ts";

describe("names in a tree", () => {
  it.each([".git", ".GIT", ".Git", ".g\u200cit", ".git\u200e", "git~1", "GIT~1", ".git ", ".git.", "..", ".", "", "a/b", "a\0b"])(
    "that no checkout should have are left out: %j (G-02)",
    (name) => {
      expect(isPlainName(name)).toBe(false);
    },
  );

  it.each([".gitignore", ".github", "git", ".git2", "a b", "ü", "...", "-x"])("that are only unusual stay: %j", (name) => {
    expect(isPlainName(name)).toBe(true);
  });
});

describe("an LFS pointer", () => {
  const oid = "a".repeat(64);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12\n`;

  it("is read in its exact form", () => {
    expect(readPointer(Buffer.from(pointer))).toEqual({ oid, size: 12, path: "" });
    expect(readPointer(Buffer.from(pointer.replace("oid", "ext-0-foo sha256:b\noid")))).toMatchObject({ oid });
  });

  it.each([
    ["more than a pointer", `${pointer}kind: Service\n`],
    ["no sha256", pointer.replace("sha256", "sha1")],
    ["something else", "version: 1\n"],
    ["too long", pointer.replace("oid", `ext-0-x ${"y".repeat(1100)}\noid`)],
    ["nothing", ""],
  ])("is not: %s", (_what, text) => {
    expect(readPointer(Buffer.from(text))).toBeUndefined();
  });
});
