import type { ApplicationEvent } from "../model/event.ts";
import { assertNever } from "../model/failure.ts";
import type { NotifyWorld, Place } from "./ports.ts";
import { slackBot } from "./services/slack-bot.ts";
import { slackWebhook } from "./services/slack-webhook.ts";

/** What there is to say. `update` names the message to change, if any, and `earlier` the event that it told. */
export interface Telling {
  readonly event: ApplicationEvent;
  readonly update: string | undefined;
  readonly earlier: ApplicationEvent | undefined;
}

/** What differs between the services that tell people. A service is one file and one row. */
export interface Service<P extends Place> {
  /** Whether a message can be changed after it was sent. */
  readonly changeable: boolean;
  /** Sends, or changes the message to update. Answers with the message's name where it can be changed later. Throws Failures. */
  tell(telling: Telling, place: P, world: NotifyWorld): Promise<string | undefined>;
}

const services: { readonly [Kind in Place["kind"]]: Service<Extract<Place, { kind: Kind }>> } = {
  "slack-webhook": slackWebhook,
  "slack-bot": slackBot,
};

export const isChangeable = (place: Place): boolean => services[place.kind].changeable;

export const tell = (telling: Telling, place: Place, world: NotifyWorld): Promise<string | undefined> => {
  switch (place.kind) {
    case "slack-webhook":
      return services[place.kind].tell(telling, place, world);
    case "slack-bot":
      return services[place.kind].tell(telling, place, world);
    default:
      return assertNever(place);
  }
};
