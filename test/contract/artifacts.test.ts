import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { openPresigner, s3ArtifactUrls } from "../../shared/adapters/artifacts/presign.ts";
import { rememberingArtifacts } from "../../shared/adapters/artifacts/remembering.ts";
import { s3Artifacts } from "../../shared/adapters/artifacts/s3.ts";
import type { Artifacts } from "../../shared/ports/artifacts.ts";
import { memoryArtifacts } from "../fakes/memory-artifacts.ts";
import { freeGate } from "../simulation/free.ts";
import { gatedArtifacts } from "../simulation/ports/others.ts";
import { standInsForTests, type TestStandIns } from "./stand-ins.ts";

let standIns: TestStandIns;
beforeAll(async () => {
  standIns = await standInsForTests();
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => standIns.stop());

const stores: Readonly<Record<string, () => Artifacts>> = {
  "in memory": () => memoryArtifacts(),
  simulated: () => gatedArtifacts(memoryArtifacts(), freeGate().call),
  "on S3": () => s3Artifacts(standIns.s3, standIns.bucket),
  "on S3 with a memory": () => rememberingArtifacts(s3Artifacts(standIns.s3, standIns.bucket)),
};

describe.each(Object.keys(stores))("an artifact store %s", (kind) => {
  const store = (): Artifacts => {
    const open = stores[kind];
    if (!open) throw new Error(kind);
    return open();
  };

  it("gives back the bytes that were put", async () => {
    const artifacts = store();
    const key = `bundles/${randomUUID()}`;
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256);

    await artifacts.put(key, bytes);

    expect(Buffer.compare((await artifacts.get(key)) ?? Buffer.of(), bytes)).toBe(0);
    expect(await artifacts.has(key)).toBe(true);
  });

  it("knows nothing of what was never put", async () => {
    const artifacts = store();
    expect(await artifacts.get(`bundles/${randomUUID()}`)).toBeUndefined();
    expect(await artifacts.has(`bundles/${randomUUID()}`)).toBe(false);
  });

  it("takes the same artifact twice, and an empty one", async () => {
    const artifacts = store();
    const key = `inputs/${randomUUID()}`;
    await artifacts.put(key, Buffer.of());
    await artifacts.put(key, Buffer.of());
    expect((await artifacts.get(key))?.length).toBe(0);
  });

  it("takes an artifact of 25 MB", async () => {
    const artifacts = store();
    const key = `bundles/${randomUUID()}`;
    const bytes = Buffer.alloc(25_000_001, "0123456789abcdefghi");

    await artifacts.put(key, bytes);

    expect(Buffer.compare((await artifacts.get(key)) ?? Buffer.of(), bytes)).toBe(0);
  });
});

describe("an artifact store on S3", () => {
  it("says ArtifactStoreUnavailable, not absent, when the bucket is missing", async () => {
    const artifacts = s3Artifacts(standIns.s3, "no-such-bucket");
    await expect(artifacts.get("a")).rejects.toMatchObject({ code: "ArtifactStoreUnavailable", retry: true });
    await expect(artifacts.put("a", Buffer.of(1))).rejects.toMatchObject({ code: "ArtifactStoreUnavailable" });
  });

  it("makes URLs that read and write one artifact by a plain request", async () => {
    const artifacts = s3Artifacts(standIns.s3, standIns.bucket);
    for (const [name, value] of Object.entries(standIns.environment)) vi.stubEnv(name, value);
    const urls = s3ArtifactUrls(openPresigner(), standIns.bucket, 60);
    const key = `outputs/${randomUUID()}`;

    const put = await fetch(await urls.toPut(key), { method: "PUT", body: "rendered" });
    expect(put.status).toBe(200);
    expect(Buffer.from((await artifacts.get(key)) ?? []).toString()).toBe("rendered");
    expect(await (await fetch(await urls.toGet(key))).text()).toBe("rendered");

    const url = new URL(await urls.toPut(key));
    expect(url.searchParams.get("X-Amz-Expires")).toBe("60");
    expect(url.searchParams.get("X-Amz-SignedHeaders")).toBe("host");
    expect([...url.searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
  });
});
