import { isJsonObject } from "../../../shared/model/json.ts";
import type { Item } from "../../../shared/ports/table.ts";
import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";
import type { World } from "../world.ts";

/** Younger ones may not have been told yet: an hour, as far as clocks agree. ms */
const untouchable = 60 * 60_000;

/** A history that is shortened keeps its newest entry, what happened a short time ago, and as many syncs as its Application says. */
export const watchHistory = (report: Report, world: () => World): Observer => {
  const since = new Map<string, number>();
  return {
    tableWritten: (before, after, _text, writer) => {
      const item = after ?? before;
      if (!item?.sk.startsWith("event#")) return;
      const { timeline, store, plan, isRestoring } = world();
      const now = timeline.now();
      const name = `${item.pk}/${item.sk}`;
      if (after !== undefined) return void (before === undefined && since.set(name, now));
      // Whoever forgets an Application forgets all of it.
      if (isRestoring() || writer?.invocation.fn !== "notify") return;
      const newer = [...store.items()].filter(({ pk, sk }) => pk === item.pk && sk.startsWith("event#") && sk > item.sk);
      const apart = plan.faults.reduce((most, fault) => (fault.kind === "clocks" ? Math.max(most, fault.apart) : most), 0);
      const age = now - (since.get(name) ?? 0);
      const keeps = plan.applications.find((each) => item.pk === `app#${each.name}`)?.historyLimit ?? 10;
      if (!isRunning(item) && newer.every(isRunning)) report("history keeps what is needed", `${name} was deleted, the newest entry`);
      if (age < untouchable - 2 * apart - onTheWay)
        report("history keeps what is needed", `${name} was deleted ${Math.round(age / 1000)} s after it was written`);
      if (isSync(item) && newer.filter(isSync).length < keeps)
        report("history keeps what is needed", `${name} was deleted with ${newer.filter(isSync).length} syncs after it of ${keeps}`);
    },
  };
};

/** An entry says when it was thought of; its write may be on its way for as long as a function may freeze. ms */
const onTheWay = 6 * 60_000;

const isRunning = ({ sk }: Item): boolean => sk.endsWith("-running");

const isSync = ({ event }: Item): boolean => isJsonObject(event) && event.kind === "synced";
