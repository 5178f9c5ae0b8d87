/** Numbers that a seed decides: the same seed, the same pushes and faults (when they meet the functions is the machine's). */
export interface Random {
  /** At least 0, less than `below`. */
  whole(below: number): number;
  one<T>(of: readonly T[]): T;
  chance(share: number): boolean;
}

/** mulberry32: 32 bits of state are plenty for choices. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  return {
    whole,
    one: (of) => {
      const chosen = of[whole(of.length)];
      if (chosen === undefined) throw new Error("there is nothing to choose from");
      return chosen;
    },
    chance: (share) => next() < share,
  };
};
