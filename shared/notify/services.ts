import { assertNever } from "../model/failure.ts";
import type { NotifyWorld, Place } from "./ports.ts";
import type { Service, Telling } from "./service.ts";
import { slackBot } from "./services/slack-bot.ts";
import { slackWebhook } from "./services/slack-webhook.ts";

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
