import type { ApplicationEvent, EventKind } from "../model/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Queue } from "../ports/queue.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Slack } from "../ports/slack.ts";
import type { Busy, Seen } from "../state/claims.ts";
import type { NotifyMessage } from "../state/messages.ts";
import type { SummaryClaim, SummaryShown } from "../state/summaries.ts";

/** What telling people needs of the world. */
export interface NotifyWorld {
  readonly notices: Notices;
  readonly places: readonly Place[];
  readonly slack: Slack;
  readonly secrets: Secrets;
  /** For later: what could not be told yet comes back through it. */
  readonly queue: Queue<NotifyMessage>;
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
  readonly summaries: Summaries;
  read(application: string, event: string): Promise<ApplicationEvent | undefined>;
  /** Nothing newer has happened to this Application. */
  isNewest(event: ApplicationEvent): Promise<boolean>;
  /** While whoever gets `claimed` lives, no one else tells this event, or another one of its operation, at this place. `saw`: see claims.ts. */
  claim(event: ApplicationEvent, place: string, saw?: Seen): Promise<Claim>;
  /** The event is told. With `shown`, what now stands at the place; without it (nothing was worth saying) what stood there before stays. */
  record(claim: Claimed, shown?: Shown): Promise<void>;
  /** It was not told: the next one may try at once. */
  release(claim: Claimed): Promise<void>;
}

export type Claim = Claimed | { readonly state: "told" } | Busy;

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
  /** It was collected into this summary instead of having a message of its own. */
  readonly summary?: string;
}

/** News of one cause that is told together, beyond the first few. A summary's name sorts by time. */
export interface Summaries {
  /** How much news of this cause the place was given so far, this one included. */
  count(place: string, summary: string): Promise<number>;
  /** Adds an event, in the place of an earlier one of its Application. `hinted`: a message is on its way that has it told. */
  collect(place: string, summary: string, event: ApplicationEvent): Promise<Collected>;
  /** A message is on its way; nothing is noted where it may have come already, as `beat` tells. */
  hinted(place: string, summary: string, beat: number): Promise<void>;
  /** Which of the summaries have this event, told or not. */
  holding(place: string, summaries: readonly string[], event: ApplicationEvent): Promise<readonly string[]>;
  /** As of an event. `told`: nothing was collected since it was told last. */
  claim(place: string, summary: string, saw?: Seen): Promise<SummaryClaim | Exclude<Claim, Claimed>>;
  /** These are told, and with `shown` what stands at the place now. Answers whether more was collected meanwhile: then the next message is the caller's to send. */
  record(claim: SummaryClaim, shown?: SummaryShown): Promise<"settled" | "moved">;
  release(claim: SummaryClaim): Promise<void>;
}

/** How often the summary was told before, and which claim was the last. */
export interface Collected {
  readonly hinted: boolean;
  readonly beat: number;
  readonly times: number;
}
