import type { Observer } from "../observation.ts";

/** How often each event was told where people hear of it. */
export interface Tellings extends Observer {
  /** `application/event` → how often Slack got it. */
  readonly times: ReadonlyMap<string, number>;
}

export const watchTellings = (): Tellings => {
  const times = new Map<string, number>();
  return {
    times,
    posted: ({ application, event }) => {
      const name = `${application}/${event}`;
      times.set(name, (times.get(name) ?? 0) + 1);
    },
  };
};
