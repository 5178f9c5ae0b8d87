import type { ApplicationEvent, EventKind } from "../model/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Queue } from "../ports/queue.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Slack } from "../ports/slack.ts";
import type { NoticeMessage } from "../state/messages.ts";

/** What telling people needs of the world. */
export interface NotifyWorld {
  readonly notices: Notices;
  readonly places: readonly Place[];
  readonly slack: Slack;
  readonly secrets: Secrets;
  /** For later: what could not be told yet comes back through it. */
  readonly queue: Queue<NoticeMessage>;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Start of the address at which people see an Application; its name is added. */
  readonly link?: string | undefined;
}

/** Somewhere people hear about their Applications, from the installation file. Its name never changes meaning: what was told there is kept under it. */
export type Place =
  | { readonly kind: "slack-webhook"; readonly name: string; readonly projects?: readonly string[]; readonly secret: string }
  | {
      readonly kind: "slack-bot";
      readonly name: string;
      readonly projects?: readonly string[];
      readonly secret: string;
      readonly channel: string;
    };

/** What was told where, so that each event is told once. Implemented over the table. */
export interface Notices {
  read(application: string, event: string): Promise<ApplicationEvent | undefined>;
  /** Nothing newer has happened to this Application. */
  isNewest(event: ApplicationEvent): Promise<boolean>;
  /** For whoever gets `claimed`, no one else tells this event, or another one of its operation, at this place for `claimSeconds`. */
  claim(event: ApplicationEvent, place: string): Promise<Claim>;
  /** The event is told. With `shown`, what now stands at the place; without it (nothing was worth saying) what stood there before stays. */
  record(claim: Claimed, shown?: Shown): Promise<void>;
  /** It was not told: the next one may try at once. */
  release(claim: Claimed): Promise<void>;
}

export type Claim = Claimed | { readonly state: "told" } | { readonly state: "busy"; readonly seconds: number };

export interface Claimed {
  readonly state: "claimed";
  readonly event: ApplicationEvent;
  readonly place: string;
  /** Which claim this is; a later one makes it void. */
  readonly beat: number;
  /** How often it was tried before. */
  readonly attempts: number;
  /** What stands at the place about the same operation. */
  readonly previous?: Shown;
}

export interface Shown {
  readonly kind: EventKind;
  /** The event's id: an earlier event is never shown over a later one. */
  readonly event: string;
  /** ms since 1970 */
  readonly at: number;
  /** Names the message where it can be changed. */
  readonly message?: string;
}
