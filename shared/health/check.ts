import type { Manifest } from "../model/manifest.ts";
import type { HealthStatus } from "../model/operation.ts";

/** `message` says why, for anything but Healthy; the object's own words where it has some. */
export interface Health {
  readonly status: HealthStatus;
  readonly message?: string;
}

/** Judges one kind. Undefined: it says nothing about its health, so it counts as done at once. */
export type HealthCheck = (live: Manifest) => Health | undefined;
