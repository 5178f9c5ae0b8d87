import type { Clock } from "../../ports/clock.ts";
import type { Secrets } from "../../ports/secrets.ts";
import type { SecretFields } from "./fields.ts";

/** A rotated secret works after a minute; one that was missing (and asked for by a flood of requests) after ten seconds. */
const keptFor = { found: 60_000, absent: 10_000 } as const;

/** Remembers what a secret store answered. Failures are not remembered; overlapping reads of one name are one read. */
export const cachingSecrets = (store: Secrets, clock: Clock): Secrets => {
  const known = new Map<string, { readonly until: number; readonly fields: SecretFields | undefined }>();
  const underway = new Map<string, Promise<SecretFields | undefined>>();

  const fetch = async (name: string) => {
    try {
      const fields = await store.read(name);
      known.set(name, { fields, until: clock.now() + (fields ? keptFor.found : keptFor.absent) });
      return fields;
    } finally {
      underway.delete(name);
    }
  };

  return {
    read: async (name) => {
      const remembered = known.get(name);
      if (remembered && clock.now() < remembered.until) return remembered.fields;
      const reading = underway.get(name) ?? fetch(name);
      underway.set(name, reading);
      return await reading;
    },
  };
};
