import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { describe, expect, it } from "vitest";
import { unpackChart } from "../../../../shared/adapters/charts/archive.ts";

const limits = { unpackedBytes: 64 * 1024, files: 20 };
const chart = { path: "web/Chart.yaml", text: "name: web\n" };

type Row = {
  readonly path: string;
  readonly text?: string;
  readonly type?: "File" | "SymbolicLink" | "Link" | "Directory";
  readonly linkpath?: string;
  readonly mode?: number;
};

/** An archive as no honest tool would write it. */
const tgz = (rows: readonly Row[]): Buffer => {
  const blocks = rows.flatMap(({ path, text = "", type = "File", linkpath = "", mode = 0o644 }) => {
    const block = Buffer.alloc(512);
    new Header({ path, type, linkpath, mode, size: Buffer.byteLength(text), mtime: new Date(0), uid: 0, gid: 0 }).encode(block, 0);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return [block, body];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
};

const unpack = (rows: readonly Row[]) => unpackChart(tgz(rows), "web", "web 1.0.0", limits);

describe("a chart's archive", () => {
  it("becomes files below the chart's name, whatever its folder is called", async () => {
    const files = await unpack([
      { path: "other/", type: "Directory" },
      { ...chart, path: "other/Chart.yaml" },
      { path: "./other/run.sh", text: "x", mode: 0o755 },
    ]);
    expect(files.map(({ path, executable }) => [path, executable])).toEqual([
      ["web/Chart.yaml", false],
      ["web/run.sh", true],
    ]);
    expect(Buffer.from(files[0]?.bytes ?? []).toString()).toBe("name: web\n");
  });

  it.each([
    ["a parent folder", "web/../../etc/cron.d/x"],
    ["an absolute path", "/etc/passwd"],
    ["a backslash", "web\\..\\..\\x"],
  ])("is refused when a name leads out by %s (G-03)", async (_what, path) => {
    await expect(unpack([chart, { path, text: "x" }])).rejects.toMatchObject({
      code: "SourceInvalid",
      message: expect.stringContaining("leads out"),
    });
  });

  it.each(["SymbolicLink", "Link"] as const)("is refused when it holds a %s (G-02)", async (type) => {
    const link = { path: "web/crds/x", type, linkpath: "/etc/passwd" };
    await expect(unpack([chart, link])).rejects.toMatchObject({ code: "SourceInvalid", message: expect.stringContaining("web/crds/x") });
  });

  it("is refused when it unpacks to too many bytes (G-10)", async () => {
    const bomb = tgz([chart, { path: "web/bomb", text: "0".repeat(1024 * 1024) }]);
    expect(bomb.length).toBeLessThan(4096);
    await expect(unpackChart(bomb, "web", "web 1.0.0", limits)).rejects.toMatchObject({ code: "LimitExceeded" });
  });

  it("is refused when it holds too many files (G-10)", async () => {
    const many = Array.from({ length: 30 }, (_, at) => ({ path: `web/${at}`, text: "" }));
    await expect(unpack([chart, ...many])).rejects.toMatchObject({ code: "LimitExceeded", message: expect.stringContaining("20 files") });
  });

  it.each([
    ["is no gzip", Buffer.from("<html>")],
    ["breaks off", tgz([chart]).subarray(0, 60)],
    ["has no Chart.yaml", tgz([{ path: "web/values.yaml", text: "x" }])],
    ["is no tar", gzipSync(Buffer.alloc(2048, 7))],
  ])("is refused when it %s", async (_what, bytes) => {
    await expect(unpackChart(bytes, "web", "web 1.0.0", limits)).rejects.toMatchObject({ code: "SourceInvalid" });
  });
});
