import type { DriftSettings } from "../config/drift-settings.ts";
import type { RequestBudget } from "../model/request-budget.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Clusters } from "../ports/cluster.ts";
import type { Journal } from "../ports/journal.ts";
import type { Jq } from "../ports/jq.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import type { NoticeMessage, PushMessage, SyncMessage } from "../state/messages.ts";

/** What a drift scan needs of the world. */
export interface DriftWorld {
  readonly table: Table;
  readonly artifacts: Artifacts;
  readonly clusters: Clusters;
  readonly pushes: Queue<PushMessage>;
  readonly syncs: Queue<SyncMessage>;
  readonly notices: Queue<NoticeMessage>;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly fingerprintKey: () => Promise<string>;
  /** What the installation says about drift in a cluster. */
  readonly drift: (cluster: string) => DriftSettings;
  /** Field managers, by prefix, that are people's tools. */
  readonly peoplesTools: readonly string[];
  readonly jq: Jq;
  /** What each cluster may be asked; the usual one without it. */
  readonly budget?: RequestBudget;
}
