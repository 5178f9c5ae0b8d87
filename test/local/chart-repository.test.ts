import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { startChartRepository } from "../../infra/local/git-host/chart-repository.ts";

const Index = z.object({
  entries: z.record(z.string(), z.array(z.object({ version: z.string(), urls: z.array(z.url()), digest: z.string() }))),
});
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-charts-"));
  await mkdir(join(folder, "shop", "templates"), { recursive: true });
  await writeFile(join(folder, "shop", "Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
  await writeFile(join(folder, "shop", "templates", "config.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\n");
});
afterAll(() => rm(folder, { recursive: true }));

describe("the local chart repository", () => {
  it("lists each published version with an address where the package is, also after a restart", async () => {
    const options = { folder: join(folder, "open") };
    const first = await startChartRepository(options);
    await first.publish(join(folder, "shop"));
    await first.publish(join(folder, "shop"), "1.2.0");
    await first.stop();

    const second = await startChartRepository(options);
    try {
      const index = Index.parse(parse(await (await fetch(`${second.url}/index.yaml`)).text()));
      expect(index.entries.shop?.map(({ version }) => version)).toEqual(["1.2.0", "1.0.0"]);
      const chart = new Uint8Array(await (await fetch(index.entries.shop?.[0]?.urls[0] ?? "")).arrayBuffer());
      expect([...chart.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    } finally {
      await second.stop();
    }
  });

  it("asks for a password when it was given one, and gives nothing but charts", async () => {
    const repository = await startChartRepository({ folder: join(folder, "closed"), credentials: { username: "ada", password: "secret" } });
    const get = async (path: string, authorization = "") => (await fetch(repository.url + path, { headers: { authorization } })).status;
    const ada = `Basic ${btoa("ada:secret")}`;
    try {
      expect(await get("/index.yaml")).toBe(401);
      expect(await get("/index.yaml", `Basic ${btoa("ada:guess")}`)).toBe(401);
      expect(await get("/index.yaml", ada)).toBe(200);
      expect(await get("/..%2fports.json", ada)).toBe(404);
    } finally {
      await repository.stop();
    }
  });
});
