import type { Installation } from "./schema.ts";

/** What the installation says about drift in one cluster. Times in milliseconds. */
export interface DriftSettings {
  /** undefined: at every look at the cluster. */
  readonly every: number | undefined;
  /** undefined: over the whole interval. */
  readonly jitter: number | undefined;
  readonly grace: number;
  readonly watch: boolean;
}

/** The installation's defaults, and what it says of one cluster. `otherwise` is what holds where it does not say whether to watch. */
export const driftSettingsOf =
  ({ drift }: Pick<Installation, "drift">, otherwise: { readonly watch: boolean }): ((cluster: string) => DriftSettings) =>
  (cluster) => {
    const own = drift.clusters.find(({ name }) => name === cluster);
    return {
      every: milliseconds(own?.everySeconds ?? drift.everySeconds),
      jitter: milliseconds(drift.jitterSeconds),
      grace: drift.graceSeconds * 1_000,
      watch: own?.watch ?? drift.watch ?? otherwise.watch,
    };
  };

/** Whether the installation asks for any cluster to be watched. */
export const watchesAny = ({ drift }: Pick<Installation, "drift">): boolean =>
  drift.watch === true || drift.clusters.some(({ watch }) => watch === true);

const milliseconds = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1_000);
