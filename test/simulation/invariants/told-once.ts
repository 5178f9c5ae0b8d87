import { isJsonObject, type JsonObject } from "../../../shared/model/json.ts";
import type { Item } from "../../../shared/ports/table.ts";
import type { Report } from "../invariant.ts";
import type { World } from "../world.ts";
import type { Tellings } from "./tellings.ts";

/** Each transition is told, and told once. Only an answer of Slack's that was lost, or a teller that died after it, may tell twice. */
export const checkTellings = (world: World, { times: told, collected }: Tellings, report: Report): void => {
  const excused = excuses(world);
  let twice = 0;
  for (const [event, times] of told) {
    twice += times - 1;
    if (times > 1 && twice > excused) report("told once", `${event} was told ${times} times`);
  }
  const items = [...world.store.items()];
  const settled = new Set(items.filter(({ sk }) => sk.startsWith("notice#")).flatMap((item) => toldIn(item)));
  for (const item of items) {
    const event = item.sk.startsWith("event#") && isJsonObject(item.event) ? item.event : undefined;
    if (event === undefined || !isAlwaysTold(event.kind)) continue;
    const name = `${item.pk}/${event.id}`;
    // A table that went back to before the telling does not know of it.
    const isToldBefore = world.restores.length > 0 && told.has(tellingOf(item.pk.slice("app#".length), event));
    // What was collected, or overtaken there by newer news, is told by the count of its summary, which a restored table may never have had, and the
    // message that brought the event is gone by then: nobody promises that what was not told before a restore is told after it.
    const isForgotten = [...collected].some(
      ([other, restores]) => other.startsWith(`${item.pk}/`) && other >= name && restores < world.restores.length,
    );
    // Written into a lost table by who died before it could take it out again: no state counts it, and it tells of nothing.
    const isCounted = Number.parseInt(String(event.id), 10) <= Number(world.store.read({ pk: item.pk, sk: "state" })?.events ?? 0);
    const isStray = world.restores.length > 0 && !isCounted;
    if (!settled.has(name) && !isToldBefore && !isForgotten && !isStray) report("told", `${event.kind} ${name} was never told`);
  }
};

const tellingOf = (application: string, { id, operation }: JsonObject): string =>
  `${application}/${String(id)} of operation ${String(operation)}`;

/** Healing is told once an hour at most; steps are told only where they show. */
const isAlwaysTold = (kind: unknown): boolean => kind === "synced" || kind === "failed" || kind === "drift-found";

const toldIn = ({ pk, told }: Item): readonly string[] => (Array.isArray(told) ? told.map((event) => `${pk}/${String(event)}`) : []);

/** Faults that struck a teller between Slack and the record of it. */
const excuses = ({ plan, gate }: World): number =>
  plan.faults
    .filter(
      (fault) =>
        ("point" in fault && fault.point.startsWith("notify:")) ||
        (fault.kind === "outage" && (fault.port === "table" || fault.port === "slack")),
    )
    .reduce((sum, { id }) => sum + (gate.struck.get(id) ?? 0), 0);
