import type { ResourceKey } from "./resource-key.ts";

export type SyncStatus = "Synced" | "OutOfSync" | "Unknown";
export type HealthStatus = "Healthy" | "Progressing" | "Degraded" | "Suspended" | "Missing" | "Unknown";
export type Trigger = "push" | "schedule" | "manual" | "self-heal" | "registry";

/** What happened, or would happen, to one object. */
export type Action = "created" | "configured" | "unchanged" | "deleted" | "skipped" | "unknown";
export type ResultCode = "Synced" | "SyncFailed" | "Pruned" | "PruneSkipped";

export interface ObjectResult {
  readonly key: ResourceKey;
  readonly action: Action;
  readonly code: ResultCode;
  /** Why, for anything that is not a plain success. One sentence. */
  readonly message?: string;
  /** Fields that moved away from the desired state before this operation put them back. */
  readonly fields?: readonly FieldChange[];
}

/** One field that differs. Values of Secrets are masked before a FieldChange is made. */
export interface FieldChange {
  /** As people write it: `spec.template.spec.containers[name=web].image`. */
  readonly path: string;
  /** JSON text, shortened; undefined where the field is absent on that side. */
  readonly desired?: string;
  readonly live?: string;
  /** Field manager and time as the cluster records them; absent after a removal, and time after `kubectl scale`. */
  readonly manager?: string;
  readonly time?: string;
}

export interface CommitFacts {
  readonly sha: string;
  readonly author: string;
  readonly message: string;
  /** ISO 8601. */
  readonly committedAt: string;
}
