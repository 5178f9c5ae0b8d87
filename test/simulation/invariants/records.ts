import type { Item } from "../../../shared/ports/table.ts";
import { encodedSecretMark, secretMark } from "../content.ts";
import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";
import type { World } from "../world.ts";

/** What never goes back, in state items and in refs. */
const rising: Readonly<Record<string, readonly string[]>> = {
  state: ["fence", "desiredGeneration", "observedGeneration", "evaluations", "events"],
  ref: ["wanted", "done"],
};

/** What stands in the table, travels in queues or is told: it never goes back, and no Secret's value is in it. */
export const watchRecords = (report: Report, world: () => World): Observer => {
  const checkSecret = (where: string, text: string): void => {
    if (text.includes(secretMark) || text.includes(encodedSecretMark))
      report("no Secret is told", `${where} has a Secret's value: ${text.slice(0, 300)}`);
  };
  const checkRising = (before: Item, after: Item): void => {
    const kind = after.sk.startsWith("ref#") ? "ref" : after.sk;
    for (const field of rising[kind] ?? []) {
      const [old, now] = [numberIn(before, field), numberIn(after, field)];
      if (now < old) report("nothing goes back", `${field} of ${after.pk}/${after.sk} went from ${old} to ${now}`);
    }
  };
  const checkOrder = (after: Item): void => {
    if (after.sk === "state" && numberIn(after, "observedGeneration") > numberIn(after, "desiredGeneration"))
      report("nothing goes back", `${after.pk} has observed generation ${after.observedGeneration} before it was wished for`);
    if (after.sk.startsWith("ref#") && numberIn(after, "done") > numberIn(after, "wanted"))
      report("nothing goes back", `${after.pk}/${after.sk} is done with ${after.done} pushes of ${after.wanted}`);
  };
  /** A delivery that comes again is the same push. */
  const checkDeliveries = ({ pk, sk, deliveries }: Item): void => {
    if (Array.isArray(deliveries) && new Set(deliveries).size < deliveries.length)
      report("a delivery counts once", `${pk}/${sk} counted ${deliveries.join(", ")}`);
  };
  return {
    tableWritten: (before, after, text) => {
      if (after === undefined) return;
      checkSecret(`item ${after.pk}/${after.sk}`, text);
      if (before && !world().isRestoring()) checkRising(before, after);
      checkOrder(after);
      checkDeliveries(after);
    },
    messageSent: (queue, body) => checkSecret(`a message of ${queue}`, body),
    told: (line) => checkSecret("the journal", line),
  };
};

const numberIn = (item: Item, field: string): number => {
  const value = item[field];
  return typeof value === "number" ? value : 0;
};
