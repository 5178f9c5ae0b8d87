import { describe, expect, it } from "vitest";
import { cachingSecrets } from "../../../shared/adapters/secrets/caching.ts";
import { memorySecrets } from "../../fakes/memory-secrets.ts";

const clockAt = (start: number) => {
  let now = start;
  return {
    now: () => now,
    forward: (ms: number) => {
      now += ms;
    },
  };
};

describe("a secret store with a memory", () => {
  it("asks again after a minute, so that a rotated secret works", async () => {
    const clock = clockAt(0);
    const store = memorySecrets({ token: { value: "x" } });
    const secrets = cachingSecrets(store, clock);
    await secrets.read("token");
    clock.forward(59_999);
    expect(await secrets.read("token")).toEqual({ value: "x" });
    expect(store.reads).toHaveLength(1);
    clock.forward(1);
    await secrets.read("token");
    expect(store.reads).toHaveLength(2);
  });

  it("remembers for ten seconds that an entry is missing", async () => {
    const clock = clockAt(0);
    const store = memorySecrets();
    const secrets = cachingSecrets(store, clock);
    await secrets.read("none");
    clock.forward(9_999);
    expect(await secrets.read("none")).toBeUndefined();
    expect(store.reads).toHaveLength(1);
    clock.forward(1);
    await secrets.read("none");
    expect(store.reads).toHaveLength(2);
  });

  it("makes one request of reads that overlap", async () => {
    const store = memorySecrets({ token: { value: "x" } });
    const secrets = cachingSecrets(store, clockAt(0));
    await Promise.all([secrets.read("token"), secrets.read("token"), secrets.read("token")]);
    expect(store.reads).toHaveLength(1);
  });

  it("does not remember a failure", async () => {
    const store = memorySecrets({ token: { value: "x" } });
    let down = true;
    const secrets = cachingSecrets({ read: (name) => (down ? Promise.reject(new Error("down")) : store.read(name)) }, clockAt(0));
    await expect(secrets.read("token")).rejects.toThrow("down");
    down = false;
    expect(await secrets.read("token")).toEqual({ value: "x" });
  });
});
