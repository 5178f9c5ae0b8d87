import { Cron } from "croner";
import type { SyncWindow } from "../model/sync-window.ts";

/**
 * When one sync window is open. As in Argo CD's code, schedule and duration are counted on the clock on the wall of the window's time zone: a
 * window of 8 hours that begins at 22:00 closes at 06:00, the night in which summer time begins or ends, too, and one that would begin in the
 * hour that this night skips is open from that hour's end on.
 */
export interface WindowTimes {
  /** `at`: ms since 1970. The begin belongs to the window, the end does not. */
  readonly isOpen: (at: number) => boolean;
  /** The next moment after `at` (ms since 1970) at which the window may open or close; undefined when it never will again. */
  readonly nextMove: (at: number) => number | undefined;
}

const second = 1_000;
const week = 7 * 86_400 * second;

export const windowTimes = ({ schedule, duration, timeZone }: SyncWindow): WindowTimes => {
  const wallOf = wallClock(timeZone);
  const begins = beginsOf(schedule);
  const isOpen = (at: number): boolean => {
    const wall = wallOf(at);
    const begin = begins(wall - duration.ms);
    return begin !== undefined && begin <= wall;
  };
  const nextMove = (at: number): number | undefined => {
    if (duration.ms <= 0) return undefined;
    const wall = wallOf(at);
    const moves = [begins(wall), ends(wall)].flatMap((move) => move ?? []);
    return moves.length === 0 ? undefined : firstMoment(at, at + Math.min(...moves) - wall, wallOf);
  };
  const ends = (wall: number): number | undefined => {
    const begin = begins(wall - duration.ms);
    return begin === undefined ? undefined : begin + duration.ms;
  };
  return { isOpen, nextMove };
};

/** The first begin after a moment, both in ms on the wall. Months without any are skipped; after eight years (29 February 2096 to 2104) there is none. */
const beginsOf = ({ minutes, hours, days, months, weekdays, eitherDay }: SyncWindow["schedule"]) => {
  const pattern = [minutes, hours, days, months, weekdays].map((values) => values.join(",")).join(" ");
  const cron = new Cron(pattern, { mode: "5-part", domAndDow: !eitherDay, utcOffset: 0, paused: true });
  return (after: number): number | undefined => cron.nextRun(new Date(after))?.getTime();
};

/** Up to `until`, unless the clock on the wall is put forward or back before: then that moment, from which on all must be counted anew. */
const firstMoment = (at: number, until: number, wallOf: (at: number) => number): number => {
  const offset = wallOf(at) - at;
  const changed = (moment: number) => wallOf(moment) - moment !== offset;
  let same = at;
  // A clock is never put forward and back within a week.
  let other = Math.min(until, same + week);
  while (!changed(other)) {
    if (other === until) return until;
    same = other;
    other = Math.min(until, same + week);
  }
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (changed(middle)) other = middle;
    else same = middle;
  }
  return other;
};

/** What the clock on the wall shows at a moment, as ms since 1970 of that wall's own count. */
const wallClock = (timeZone: string): ((at: number) => number) => {
  if (timeZone === "UTC") return (at) => at;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return wall + (((at % second) + second) % second);
  };
};
