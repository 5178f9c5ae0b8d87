import type { Secrets } from "../../shared/ports/secrets.ts";

/** A secret store in memory; `reads` names what was asked for, in order. */
export interface MemorySecrets extends Secrets {
  readonly reads: readonly string[];
}

export const memorySecrets = (entries: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): MemorySecrets => {
  const reads: string[] = [];
  return {
    reads,
    read: async (name) => {
      reads.push(name);
      return entries[name];
    },
  };
};
