import type { Manifest } from "../../shared/model/manifest.ts";
import type { Item, Key } from "../../shared/ports/table.ts";
import type { QueueName } from "./faults.ts";
import type { Invocation } from "./gate.ts";

/** What one message, or event, is worked on as: who writes, and for whom. */
export interface Context {
  readonly invocation: Invocation;
  /** Names that it took as a lease's owner. */
  readonly owners: Set<string>;
  readonly application: string | undefined;
  readonly event: string | undefined;
}

/** What happens in the world, as invariants see it. */
export interface Observer {
  clusterChanged?(cluster: string, after: Manifest | undefined, before: Manifest | undefined, writer: Context | undefined): void;
  tableWritten?(before: Item | undefined, after: Item | undefined, text: string, writer: Context | undefined): void;
  /** An old release of ours wrote over what a newer one had written. */
  newerOverwritten?(key: Key): void;
  messageSent?(queue: QueueName, body: string): void;
  told?(line: string): void;
  /** So many more requests of it are on their way to the cluster. */
  requested?(cluster: string, operation: string, by: 1 | -1, writer: Context): void;
  posted?(context: Context, text: string): void;
}
