import { type ApplicationEvent, noCounts } from "../../shared/model/event.ts";
import type { ObjectResult } from "../../shared/model/operation.ts";
import { newSha } from "./payloads/shas.ts";
import { now } from "./webhook-world.ts";

export const deployment: ObjectResult = {
  key: { group: "apps", kind: "Deployment", namespace: "production", name: "web" },
  action: "configured",
  code: "Synced",
};
export const service: ObjectResult = {
  key: { group: "", kind: "Service", namespace: "production", name: "web" },
  action: "created",
  code: "Synced",
};

/** An Application that a push has synced; every part may be another. */
export const eventOf = (changes: Partial<ApplicationEvent> = {}): ApplicationEvent => ({
  id: "0000000001",
  application: "web-production",
  project: "shop",
  kind: "synced",
  at: new Date(now).toISOString(),
  operation: "7",
  cluster: "harbor",
  namespace: "production",
  repository: "https://github.com/acme/web.git",
  revision: newSha,
  commit: { sha: newSha, author: "Ada Lovelace", message: "Scale to 3\n\nBecause of the sale.", committedAt: "2026-05-04T09:59:00Z" },
  trigger: "push",
  pusher: "grace",
  counts: { ...noCounts, created: 1, configured: 1 },
  objects: [deployment, service],
  durationMs: 1_234,
  secondsSincePush: 3.21,
  ...changes,
});
