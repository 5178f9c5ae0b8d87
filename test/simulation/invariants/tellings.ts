import { isJsonObject } from "../../../shared/model/json.ts";
import type { Observer } from "../observation.ts";
import type { World } from "../world.ts";

/** How often each transition was told where people hear of it. */
export interface Tellings extends Observer {
  /** `application/event of operation` → how often Slack got it. A step that is done again after a newer wish writes the same id for another operation. */
  readonly times: ReadonlyMap<string, number>;
  /** `app#application/event` → after how many restores it was collected, to be told together with others. */
  readonly collected: ReadonlyMap<string, number>;
}

export const watchTellings = (world: () => World): Tellings => {
  const times = new Map<string, number>();
  const collected = new Map<string, number>();
  /** How often what stood under a name was forgotten: the next Application of that name counts its events from the beginning. */
  const forgotten = new Map<string, number>();
  return {
    times,
    collected,
    tableWritten: (before, after) => {
      if (after?.pk.startsWith("notices#") && after.event !== undefined && !world().isRestoring())
        collected.set(`app#${after.sk}/${String(after.event)}`, world().restores.length);
      if (before?.sk === "state" && after === undefined) forgotten.set(before.pk, (forgotten.get(before.pk) ?? 0) + 1);
    },
    posted: ({ application, event }) => {
      // A summary of many is told anew as it grows.
      if (event === undefined) return;
      const item = world().store.read({ pk: `app#${application}`, sk: `event#${event}` });
      const operation = isJsonObject(item?.event) ? item.event.operation : undefined;
      // A table that went back has forgotten who was told what, and counts its events from there again.
      const since = world().restores.length === 0 ? "" : ` since restore ${world().restores.length}`;
      const life = forgotten.get(`app#${application}`);
      const again = life === undefined ? "" : `, forgotten ${life} times before`;
      const name = `${application}/${event} of operation ${String(operation)}${since}${again}`;
      times.set(name, (times.get(name) ?? 0) + 1);
    },
  };
};
