import type { Artifacts } from "../../shared/ports/artifacts.ts";

/** An artifact store in memory. `puts` and `gets` count the calls that reached it. */
export interface MemoryArtifacts extends Artifacts {
  readonly keys: readonly string[];
  readonly puts: number;
  readonly gets: number;
}

export const memoryArtifacts = (initial: Readonly<Record<string, Uint8Array>> = {}): MemoryArtifacts => {
  const stored = new Map<string, Uint8Array>(Object.entries(initial));
  let puts = 0;
  let gets = 0;
  return {
    get keys() {
      return [...stored.keys()];
    },
    get puts() {
      return puts;
    },
    get gets() {
      return gets;
    },
    get: async (key) => {
      gets += 1;
      const bytes = stored.get(key);
      return bytes && Uint8Array.from(bytes);
    },
    has: async (key) => stored.has(key),
    put: async (key, bytes) => {
      puts += 1;
      if (!stored.has(key)) stored.set(key, Uint8Array.from(bytes));
    },
  };
};
