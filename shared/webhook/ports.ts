import type { Connection } from "../model/connection.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Queue } from "../ports/queue.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { PushMessage } from "../state/messages.ts";
import type { Push } from "../state/refs.ts";

/** What receiving a push needs of the world. */
export interface WebhookWorld {
  readonly connections: Connections;
  readonly secrets: Secrets;
  readonly refs: WantedRefs;
  readonly pushes: Queue<PushMessage>;
  readonly clock: Clock;
  readonly journal: Journal;
}

export interface Connections {
  /** By the last segment of its webhook URL (`connectionPath`). */
  find(path: string): Promise<Connection | undefined>;
}

export interface WantedRefs {
  /** One conditional write; throws when it could not be made. */
  want(push: Push): Promise<"recorded" | "duplicate">;
}
