import { describe, expect, it } from "vitest";
import { rememberingArtifacts } from "../../../shared/adapters/artifacts/remembering.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";

const bytes = (size: number) => Buffer.alloc(size, 1);
const limits = { total: 100, single: 50 };

describe("an artifact store with a memory", () => {
  it("asks the store once for what is read again, and not at all for what was written here", async () => {
    const store = memoryArtifacts({ old: bytes(10) });
    const artifacts = rememberingArtifacts(store, limits);
    await artifacts.put("new", bytes(10));
    for (const key of ["old", "old", "new"]) expect((await artifacts.get(key))?.length).toBe(10);
    expect(store.gets).toBe(1);
  });

  it("makes one request of reads that overlap", async () => {
    const store = memoryArtifacts({ shared: bytes(10) });
    const artifacts = rememberingArtifacts(store, limits);
    await Promise.all(Array.from({ length: 500 }, () => artifacts.get("shared")));
    expect(store.gets).toBe(1);
  });

  it("forgets what was not used for longest when it is full", async () => {
    const store = memoryArtifacts({ a: bytes(40), b: bytes(40), c: bytes(40) });
    const artifacts = rememberingArtifacts(store, limits);
    for (const key of ["a", "b", "a", "c", "a"]) await artifacts.get(key);
    expect(store.gets).toBe(3);
    await artifacts.get("b");
    expect(store.gets).toBe(4);
  });

  it("does not keep a single large artifact", async () => {
    const store = memoryArtifacts({ large: bytes(51) });
    const artifacts = rememberingArtifacts(store, limits);
    await artifacts.get("large");
    await artifacts.get("large");
    expect(store.gets).toBe(2);
  });

  it("does not remember absence: who comes later may find it", async () => {
    const store = memoryArtifacts();
    const artifacts = rememberingArtifacts(store, limits);
    expect(await artifacts.get("late")).toBeUndefined();
    await store.put("late", bytes(1));
    expect((await artifacts.get("late"))?.length).toBe(1);
  });

  it("remembers nothing of a put that failed", async () => {
    const artifacts = rememberingArtifacts({ ...memoryArtifacts(), put: () => Promise.reject(new Error("store is down")) }, limits);
    await expect(artifacts.put("a", bytes(1))).rejects.toThrow("store is down");
    expect(await artifacts.has("a")).toBe(false);
  });
});
