import type { Artifacts } from "../../ports/artifacts.ts";

/** Bytes kept by default, and the largest single artifact worth keeping. */
const defaults = { total: 64 * 1024 * 1024, single: 8 * 1024 * 1024 } as const;

/**
 * Keeps recently read and written artifacts in memory: names say the content, so a copy is always right. Reads of one artifact that
 * overlap become one. Whoever gets the bytes must not change them.
 */
export const rememberingArtifacts = (
  store: Artifacts,
  limits: { readonly total: number; readonly single: number } = defaults,
): Artifacts => {
  const kept = new Map<string, Uint8Array>();
  const underway = new Map<string, Promise<Uint8Array | undefined>>();
  let total = 0;

  const forget = (key: string) => {
    total -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, bytes: Uint8Array) => {
    forget(key);
    if (bytes.length > limits.single) return;
    kept.set(key, bytes);
    total += bytes.length;
    // A Map iterates in the order of insertion: the first is the one not used for longest.
    for (const oldest of kept.keys()) {
      if (total <= limits.total) break;
      forget(oldest);
    }
  };
  const fetch = async (key: string): Promise<Uint8Array | undefined> => {
    try {
      const bytes = await store.get(key);
      if (bytes) keep(key, bytes);
      return bytes;
    } finally {
      underway.delete(key);
    }
  };

  return {
    get: async (key) => {
      const known = kept.get(key);
      if (known) {
        keep(key, known);
        return known;
      }
      const reading = underway.get(key) ?? fetch(key);
      underway.set(key, reading);
      return await reading;
    },
    has: async (key) => kept.has(key) || (await store.has(key)),
    put: async (key, bytes) => {
      await store.put(key, bytes);
      keep(key, bytes);
    },
  };
};
