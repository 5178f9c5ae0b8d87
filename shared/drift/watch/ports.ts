import type { DriftWorld } from "../ports.ts";

/** What watching needs beyond a scan's world. */
export interface WatchWorld extends DriftWorld {
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A new random name per call. */
  readonly newName: () => string;
}
