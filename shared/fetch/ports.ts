import type { CommitFacts } from "../model/operation.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Charts } from "../ports/charts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Git, RepositoryAccess } from "../ports/git.ts";
import type { Journal } from "../ports/journal.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import type { PushMessage, RenderMessage, SyncMessage } from "../state/messages.ts";

/** What a fetch needs of the world. */
export interface FetchWorld {
  readonly table: Table;
  readonly artifacts: Artifacts;
  readonly git: Git;
  readonly charts: Charts;
  /** Mirrors applied, credentials looked up. Throws SecretMissing. */
  readonly accessTo: (url: string) => Promise<RepositoryAccess>;
  readonly pushes: Queue<PushMessage>;
  readonly renders: Queue<RenderMessage>;
  readonly syncs: Queue<SyncMessage>;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Names and versions of the tools that render: part of every input. */
  readonly toolVersions: string;
  /** The largest bundle of one source, in bytes. */
  readonly bundleBytes: number;
}

/** What an Application's sources came to. */
export type Evaluation =
  | {
      readonly kind: "input";
      readonly input: string;
      readonly commit?: CommitFacts | undefined;
      readonly looked: Looked;
    }
  | {
      readonly kind: "broken";
      readonly reason: string;
      readonly commit?: CommitFacts | undefined;
      readonly looked?: Looked;
      /** A repository could not be read: that may change without a push. */
      readonly unread?: true;
    };

/** Where the sources stood, and what was looked at there; one each per source, in their order. */
export interface Looked {
  readonly revisions: readonly { readonly repoURL: string; readonly sha: string }[];
  /** Full names of the refs that the revisions were found by; undefined for a sha, or a chart's version. */
  readonly refs: readonly (string | undefined)[];
  readonly reaches: Reaches;
}

/** What the evaluation looked at, one per source in their order: while it stands, another evaluation comes to the same. */
export type Reaches = readonly Readonly<Record<string, string | null>>[];
