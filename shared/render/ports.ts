import type { Artifacts } from "../ports/artifacts.ts";
import type { Cage, CageLimits } from "../ports/cage.ts";
import type { Journal } from "../ports/journal.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import type { SyncMessage } from "../state/messages.ts";

/** What a render needs of the world. */
export interface RenderWorld {
  readonly table: Table;
  readonly artifacts: Artifacts;
  readonly cage: Cage;
  /** Of one run of a tool. */
  readonly limits: CageLimits;
  readonly syncs: Queue<SyncMessage>;
  readonly journal: Journal;
}
