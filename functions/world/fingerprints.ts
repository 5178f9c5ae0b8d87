import { Failure } from "../../shared/model/failure.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";

/** Entry of the secret store that keys the fingerprints of live objects; made with the installation. */
export const fingerprintSecret = "fingerprints";

export const fingerprintKeyOf =
  (secrets: Secrets): (() => Promise<string>) =>
  async () => {
    const entry = await secrets.read(fingerprintSecret);
    if (entry?.value !== undefined) return entry.value;
    throw new Failure(
      "SecretMissing",
      fingerprintSecret,
      `the secret store has no entry ${fingerprintSecret} with a field value: any long random text`,
    );
  };
