import { stringify } from "yaml";
import type { GitHost } from "../../infra/local/git-host/start.ts";

export interface FleetCluster {
  readonly name: string;
  readonly kubeconfig: string;
}

/** What a test's installation has beyond the usual. */
export interface FleetPlan {
  /** Fields of the installation file. A list is added to ours, anything else stands in its place. */
  readonly installation?: (git: GitHost) => Readonly<Record<string, unknown>>;
  /** Entries of the secret store. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the Git host calls a repository in its webhooks, where that is not `hostUrl`. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** Whether table and queues keep their state on disk, so that they can be restarted. */
  readonly durable?: boolean;
  /** What the functions have for a /tmp; a folder of the stack's own without it. */
  readonly temporary?: string;
  /** Seconds between the events of a schedule. */
  readonly every?: Readonly<Partial<Record<"sweep" | "poll" | "drift", number>>>;
}

/** Where tests' repositories pretend to be. */
export const prefix = "https://git.example.com/";
export const hostUrl = (repository: string): string => `${prefix}${repository}.git`;

/** The repository that declares a test's Applications, all at its top. */
export const control = "fleet/control";

/** The installation file of a test: its clusters, one Git host over HTTP, Slack, and what its plan adds. */
export const fleetOf = (clusters: readonly FleetCluster[], git: GitHost, { installation }: FleetPlan): string => {
  const ours: Readonly<Record<string, unknown>> = {
    controlRepository: { repoURL: hostUrl(control), targetRevision: "main", path: "." },
    defaultCluster: clusters[0]?.name,
    allowLoopback: true,
    allowPlainHttp: true,
    connections: [{ name: "git", provider: "github", secret: "webhook", repositories: ["**"] }],
    mirrors: [{ from: prefix, to: git.httpUrl("").replace(/\.git$/, "") }],
    repositoryCredentials: [{ prefix, secret: "git" }],
    clusters: clusters.map(({ name }) => ({ name, credentials: `cluster-${name}` })),
    slack: [{ name: "deployments", webhookSecret: "slack" }],
  };
  const more = Object.entries(installation?.(git) ?? {}).map(([field, value]) => {
    const before = ours[field];
    return [field, Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value] as const;
  });
  return stringify({ ...ours, ...Object.fromEntries(more) });
};
