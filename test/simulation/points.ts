import type { FailureCode } from "../../shared/model/failure.ts";
import type { Point } from "./faults.ts";

/** Which calls each function makes: where something can strike. A crash can come before and after each of them. */
const calls = {
  webhook: ["secrets.read", "table.get", "table.update", "queue.send-pushes"],
  fetch: [
    "table.get",
    "table.getMany",
    "table.query",
    "table.update",
    "git.listRefs",
    "git.snapshot",
    "artifacts.has",
    "artifacts.put",
    "queue.send-renders",
    "queue.send-pushes",
    "queue.send-syncs",
    "table.put",
  ],
  render: ["table.get", "table.getMany", "table.put", "table.update", "artifacts.get", "artifacts.put", "cage.run", "queue.send-syncs"],
  sync: [
    "table.get",
    "table.getMany",
    "table.query",
    "table.update",
    "table.put",
    "table.delete",
    "artifacts.get",
    "artifacts.has",
    "secrets.read",
    "cluster.discover",
    "cluster.get",
    "cluster.list",
    "cluster.dry-run",
    "cluster.apply",
    "cluster.create",
    "cluster.patch",
    "cluster.delete",
    "queue.send-notices",
    "queue.send-syncs",
    "queue.send-renders",
    "queue.send-pushes",
    "queue.hide-syncs",
  ],
  scan: [
    "table.get",
    "table.getMany",
    "table.query",
    "table.due",
    "table.update",
    "table.put",
    "table.delete",
    "artifacts.has",
    "artifacts.get",
    "artifacts.put",
    "secrets.read",
    "git.listRefs",
    "cluster.discover",
    "cluster.list",
    "cluster.dry-run",
    "queue.send-pushes",
    "queue.send-syncs",
    "queue.send-notices",
  ],
  notify: [
    "table.get",
    "table.getMany",
    "table.query",
    "table.update",
    "table.put",
    "table.delete",
    "secrets.read",
    "slack.send",
    "queue.send-notices",
  ],
} as const;

export const points: readonly Point[] = Object.entries(calls).flatMap(([fn, names]) => names.map((name) => `${fn}:${name}`));

export const pointsOf = (fn: keyof typeof calls, port?: string): readonly Point[] =>
  calls[fn].filter((name) => port === undefined || name.startsWith(`${port}.`)).map((name) => `${fn}:${name}`);

/** Each place where a crash can come, such as `sync:cluster.apply before`. */
export const crashPoints: readonly string[] = points.flatMap((point) => [`${point} before`, `${point} after`]);

/** Points at which something is changed outside, so that an answer can be lost after it. */
export const writes: readonly Point[] = points.filter((point) =>
  /table\.(update|put|delete)|queue\.|artifacts\.put|cluster\.(apply|create|patch|delete)/.test(point),
);

const codes: Readonly<Record<string, FailureCode>> = {
  table: "TableUnavailable",
  queue: "QueueUnavailable",
  artifacts: "ArtifactStoreUnavailable",
  git: "RepositoryUnreachable",
  cluster: "ClusterUnreachable",
  slack: "SlackUnreachable",
  secrets: "SecretStoreUnavailable",
  cage: "CageUnavailable",
};

/** What a call says when the other side cannot be reached. */
export const unreachable = (point: Point): FailureCode =>
  codes[point.slice(point.indexOf(":") + 1, point.indexOf("."))] ?? "TableUnavailable";
