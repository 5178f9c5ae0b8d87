import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { listenOnLoopback } from "../../infra/local/stand-ins/child.ts";
import { createCharts } from "../../shared/adapters/charts/charts.ts";
import type { ChartsOptions } from "../../shared/adapters/charts/settings.ts";
import { chartLogin, chartRepository } from "./chart-repository.ts";

describe("a chart repository that is busy, broken or hostile", () => {
  let repository: Awaited<ReturnType<typeof chartRepository>>;
  let elsewhere: Server;
  let elsewhereUrl: string;
  const elsewhereSaw: (string | undefined)[] = [];

  beforeAll(async () => {
    repository = await chartRepository();
    await repository.add("web", "1.0.0", { "values.yaml": "a: 1\n" });
    const archive = await readFile(join(repository.folder, "web-1.0.0.tgz"));
    elsewhere = createServer((request, response) => {
      elsewhereSaw.push(request.headers.authorization);
      response.end(archive);
    });
    elsewhereUrl = await listenOnLoopback(elsewhere);
  });
  afterEach(() => {
    repository.state.intercept = () => false;
    elsewhereSaw.length = 0;
    repository.seen.length = 0;
  });
  afterAll(async () => {
    elsewhere.close().closeAllConnections();
    await repository.stop();
  });

  const access = () => ({ url: repository.url, credentials: chartLogin });
  const indexed = (row: string) => {
    repository.state.intercept = (request, response) => {
      if (!request.url?.endsWith("/index.yaml")) return false;
      response.end(`apiVersion: v1\nentries:\n  web:\n  - ${row}\n`);
      return true;
    };
  };
  const resolve = (options?: ChartsOptions, more = {}) => createCharts(options).resolve({ ...access(), ...more }, "web", "1.0.0");
  const archiveElsewhere = () => `{version: 1.0.0, urls: ["${elsewhereUrl}/web-1.0.0.tgz"]}`;

  it("asks for the index once, however many Applications want charts of it", async () => {
    const charts = createCharts();
    await Promise.all(Array.from({ length: 20 }, () => charts.resolve(access(), "web", "1.*")));
    expect(repository.seen.map(({ url }) => url)).toEqual(["/stable/index.yaml", "/stable/web-1.0.0.tgz"]);
  });

  it("does not send credentials to another host that the index names (G-13)", async () => {
    indexed(archiveElsewhere());
    expect((await resolve()).files.length).toBeGreaterThan(0);
    expect(elsewhereSaw).toEqual([undefined]);
  });

  it("sends them there when asked to pass them on", async () => {
    indexed(archiveElsewhere());
    await resolve({}, { passCredentials: true });
    expect(elsewhereSaw).toEqual([expect.stringMatching(/^Basic /)]);
  });

  it("does not send credentials along with a redirect (G-13)", async () => {
    repository.state.intercept = (request, response) => {
      if (!request.url?.endsWith(".tgz")) return false;
      response.writeHead(302, { location: `${elsewhereUrl}/web-1.0.0.tgz` }).end();
      return true;
    };
    expect((await resolve()).version).toBe("1.0.0");
    expect(elsewhereSaw).toEqual([undefined]);
  });

  it("refuses an archive that is not the one the index names", async () => {
    indexed(`{version: 1.0.0, urls: [web-1.0.0.tgz], digest: "${"0".repeat(64)}"}`);
    await expect(resolve()).rejects.toMatchObject({ code: "SourceInvalid", message: expect.stringContaining("sha256") });
  });

  it.each(["file:///etc/passwd", "ftp://x/y.tgz", "http://charts.example/web.tgz"])("refuses an archive at %s", async (place) => {
    indexed(`{version: 1.0.0, urls: ["${place}"]}`);
    await expect(resolve()).rejects.toMatchObject({ code: "SourceInvalid", message: expect.stringContaining(place) });
  });

  it("refuses an archive and an index that are too large, without reading them whole (G-10)", async () => {
    await expect(resolve({ archiveBytes: 100 })).rejects.toMatchObject({ code: "LimitExceeded" });
    await expect(resolve({ indexBytes: 100 })).rejects.toMatchObject({ code: "LimitExceeded" });
  });

  it.each(["..", ".", "a/b", "-x", "web\nx"])("refuses the chart name %j (G-03)", async (name) => {
    await expect(createCharts().resolve(access(), name, "*")).rejects.toMatchObject({ code: "SourceInvalid" });
    expect(repository.seen).toEqual([]);
  });

  it.each(["oci://registry.example/charts", "registry.example/charts"])(
    "says that %s is an OCI registry, which it cannot read yet",
    async (url) => {
      await expect(createCharts().find({ url }, "web", "*")).rejects.toMatchObject({
        code: "SourceInvalid",
        message: expect.stringContaining("OCI"),
      });
    },
  );

  it("says what is wrong with the credentials, and never shows them", async () => {
    const wrong = { url: repository.url, credentials: { ...chartLogin, password: "wr0ng-one" } };
    const error = await createCharts()
      .find(wrong, "web", "*")
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "RepositoryForbidden", message: expect.stringContaining("401") });
    expect(JSON.stringify(error) + String(error)).not.toContain("wr0ng-one");
    await expect(createCharts().find({ url: repository.url }, "web", "*")).rejects.toMatchObject({
      code: "RepositoryForbidden",
      message: expect.stringContaining("none are given"),
    });
  });

  it("is tried again when the repository is busy, after the time it asks for (F-23)", async () => {
    repository.state.intercept = (_request, response) => {
      response.writeHead(429, { "retry-after": "7" }).end();
      return true;
    };
    await expect(resolve()).rejects.toMatchObject({ code: "RepositoryUnreachable", retry: true, retryAfter: 7 });
  });

  it("is tried again when nobody answers (F-23)", async () => {
    const gone = createServer();
    const url = await listenOnLoopback(gone);
    await new Promise((resolve) => gone.close(resolve));
    await expect(createCharts().find({ url }, "web", "*")).rejects.toMatchObject({
      code: "RepositoryUnreachable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("sees a new version within seconds, and asks only whether the index changed", async () => {
    const charts = createCharts();
    await charts.find(access(), "web", "*");
    const now = Date.now;
    try {
      Date.now = () => now() + 60_000;
      await charts.find(access(), "web", "*");
      await writeFile(join(repository.folder, "index.yaml"), "entries:\n  web:\n  - {version: 1.5.0, urls: [x]}\n");
      Date.now = () => now() + 120_000;
      expect(await charts.find(access(), "web", "*")).toMatchObject({ version: "1.5.0" });
    } finally {
      Date.now = now;
    }
  });
});
