import type { ApplicationEvent } from "../model/event.ts";
import type { Summed } from "../state/summaries.ts";
import type { NotifyWorld, Place } from "./ports.ts";

/** What there is to say. `update` names the message to change, if any, and `earlier` the event that it told. */
export type Telling =
  | {
      readonly kind: "event";
      readonly event: ApplicationEvent;
      readonly update: string | undefined;
      readonly earlier: ApplicationEvent | undefined;
    }
  | { readonly kind: "summary"; readonly summary: Summary; readonly update: string | undefined };

/** News of many Applications. */
export interface Summary {
  readonly members: readonly Summed[];
  /** One of the events, where it is still there: what they have in common can be read from it. */
  readonly sample: ApplicationEvent | undefined;
  /** It comes out of an outage: the events need not have anything in common. */
  readonly isLate: boolean;
}

/** What differs between the services that tell people. A service is one file and one row. */
export interface Service<P extends Place> {
  /** Whether a message can be changed after it was sent. */
  readonly changeable: boolean;
  /** Sends, or changes the message to update. Answers with the message's name where it can be changed later. Throws Failures. */
  tell(telling: Telling, place: P, world: NotifyWorld): Promise<string | undefined>;
}
