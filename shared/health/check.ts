import type { Manifest } from "../model/manifest.ts";
import type { HealthStatus } from "../model/operation.ts";

/** `message` says why, for anything but Healthy; the object's own words where it has some. */
export interface Health {
  readonly status: HealthStatus;
  readonly message?: string;
}

/** Judges one kind. Undefined: it says nothing about its health, so it counts as done at once. */
export type HealthCheck = (live: Manifest) => Health | undefined;

/**
 * What a user's own rules say of an object; they win over ours. "built-in": they have none for this kind, ours decide. Undefined: they have
 * one and it answers nothing, so the object has no health at all. A rule that fails is `Unknown` with its error as message, never a throw.
 */
export type CustomHealth = (live: Manifest) => Health | "built-in" | undefined;
