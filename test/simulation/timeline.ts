/** Virtual time: what happens next is what is due first. Nothing here waits for a real clock. */
export interface Timeline {
  /** Virtual milliseconds since 1970; fractions order what happens in one millisecond. */
  now(): number;
  /** Never before what has happened already. */
  at(time: number, act: () => void): void;
  after(milliseconds: number, act: () => void): void;
  /** Does what is due next; false when nothing is left. */
  step(): boolean;
}

interface Due {
  readonly time: number;
  readonly order: number;
  readonly act: () => void;
}

export const startOfTime = Date.parse("2026-03-02T08:00:00Z");

export const openTimeline = (): Timeline => {
  const heap: Due[] = [];
  let now = startOfTime;
  let order = 0;

  const isBefore = (a: Due, b: Due): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

  const push = (due: Due): void => {
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(due, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  };

  const pop = (): Due | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (left === undefined) break;
      const smaller = right !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      const child = heap[smaller];
      if (child === undefined || !isBefore(child, last)) break;
      heap[at] = child;
      at = smaller;
    }
    heap[at] = last;
    return first;
  };

  const at = (time: number, act: () => void): void => push({ time: Math.max(time, now), order: order++, act });
  return {
    now: () => now,
    at,
    after: (milliseconds, act) => at(now + milliseconds, act),
    step: () => {
      const next = pop();
      if (next === undefined) return false;
      now = next.time;
      next.act();
      return true;
    },
  };
};
