import type { Application } from "../model/application.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ObjectResult } from "../model/operation.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { CageLimits } from "../ports/cage.ts";
import type { SteadyClock } from "../ports/clock.ts";
import type { Clusters } from "../ports/cluster.ts";
import type { Journal } from "../ports/journal.ts";
import type { Jq } from "../ports/jq.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import type { NoticeMessage, PushMessage, RenderMessage, SyncMessage } from "../state/messages.ts";
import type { Turns } from "./turns/turns.ts";

/** What a sync needs of the world. */
export interface SyncWorld {
  readonly table: Table;
  readonly artifacts: Artifacts;
  readonly clusters: Clusters;
  readonly pushes: Queue<PushMessage>;
  readonly renders: Queue<RenderMessage>;
  readonly syncs: Queue<SyncMessage>;
  readonly notices: Queue<NoticeMessage>;
  readonly clock: SteadyClock;
  readonly journal: Journal;
  /** Waits that are shorter than a message's way, such as a CRD's until it is established. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A new random name per call: the lease's owner. */
  readonly newName: () => string;
  /** Key of the fingerprints; from the secret store. */
  readonly fingerprintKey: () => Promise<string>;
  /** For the expressions of ignoreDifferences. */
  readonly jq: Jq;
  readonly registry: RegistryPort;
  /** When a step may go to its cluster, so that all workers together ask no more of it than it bears. */
  readonly turns: Turns;
  /** Under which sources are rendered: what failed at others is rendered anew. */
  readonly renderLimits: CageLimits;
  /** Seconds between two waves; 2 without it, as in Argo CD. */
  readonly waveDelay?: number;
  /** Milliseconds after which a step begins nothing more; the usual ones without it. */
  readonly stepTime?: number | undefined;
  /** Field managers, by prefix, that are people's tools; the usual ones without it. */
  readonly peoplesTools?: readonly string[];
}

/** The last step of an Application that declares Applications: the table instead of a cluster. */
export interface RegistryPort {
  /** Objects of registry kinds in the control namespace of the default destination. */
  claims(manifest: Manifest, application: Application): boolean;
  /** Withdraws what an Application declared, when it is deleted with its objects; answers how many are still there. */
  withdraw(parent: Application): Promise<number>;
  /** Declares, updates and withdraws; one result per object. `awaiting` names a mass removal that needs a person's yes. */
  apply(request: {
    readonly parent: Application;
    readonly manifests: readonly Manifest[];
    readonly prune: boolean;
    /** The digest that a person approved, if any. */
    readonly approval: string | undefined;
    /** Digest of what is being synced: an approval is bound to it. */
    readonly digest: string;
  }): Promise<{ readonly results: readonly ObjectResult[]; readonly awaiting?: string }>;
}
