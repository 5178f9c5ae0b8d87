import type { EnvironmentOwner } from "../../shared/adapters/environment.ts";
import type { QueueName } from "../topology.ts";

/** Folders of the artifact store. */
export type ArtifactFolder = "bundles" | "inputs" | "cage" | "manifests" | "inventories" | "epochs" | "results";

/** What one function may do, and nothing else. `secrets` names whose entries of the secret store it may read. */
export interface Rights {
  readonly table?: readonly ("read" | "write" | "due")[];
  /** Starts of the partition keys it may touch; all without it. */
  readonly partitions?: readonly ("repo#" | "app#" | "dead" | "notices#")[];
  readonly artifacts?: { readonly read: readonly ArtifactFolder[]; readonly write: readonly ArtifactFolder[] };
  readonly send?: readonly QueueName[];
  readonly secrets?: "webhooks" | "slack" | "all";
  /** EKS clusters: describing them, and the roles that the installation file names. */
  readonly clusters?: boolean;
  readonly invokes?: readonly "cage"[];
}

/**
 * `all` secrets: repositories' and clusters' entries are named in Git too, so their names are not known here. The functions that face the
 * Internet (webhook) or speak to other services (notify) read only the entries that the installation file names for them.
 */
export const rights = {
  webhook: { table: ["read", "write"], partitions: ["repo#"], send: ["pushes"], secrets: "webhooks" },
  fetch: {
    table: ["read", "write"],
    artifacts: { read: ["bundles", "inputs"], write: ["bundles", "inputs"] },
    send: ["pushes", "renders", "syncs-public"],
    secrets: "all",
  },
  render: {
    table: ["read", "write"],
    artifacts: { read: ["bundles", "inputs", "cage", "manifests"], write: ["cage", "manifests"] },
    send: ["syncs-public"],
    invokes: ["cage"],
  },
  cage: {},
  sync: {
    table: ["read", "write"],
    artifacts: { read: ["inputs", "manifests", "inventories", "epochs", "results"], write: ["inventories", "epochs", "results"] },
    send: ["pushes", "renders", "syncs-public", "notices"],
    secrets: "all",
    clusters: true,
  },
  scan: {
    table: ["read", "write", "due"],
    artifacts: { read: ["inputs", "manifests", "inventories", "epochs", "results"], write: ["inventories", "epochs", "results"] },
    send: ["pushes", "syncs-public", "notices"],
    secrets: "all",
    clusters: true,
  },
  notify: { table: ["read", "write"], partitions: ["app#", "dead", "notices#"], send: ["notices"], secrets: "slack" },
} as const satisfies Record<EnvironmentOwner, Rights>;
