/** Chance from a seed: the same seed gives the same numbers, on every machine. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** A whole number, 0 ≤ x < limit. */
  below(limit: number): number;
  /** low ≤ x < high */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  /** Throws where there is nothing to choose from. */
  pick<T>(from: readonly T[]): T;
}

/** sfc32 (Chris Doty-Humphrey, PractRand; public domain), seeded by FNV-1a of the words. */
export const randomOf = (...words: readonly (string | number)[]): Random => {
  const text = words.join("/");
  let [a, b, c, d] = [hashOf(text), hashOf(`${text}b`), hashOf(`${text}c`), 1];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round++) next();
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (from) => {
      const one = from[below(from.length)];
      if (one === undefined) throw new Error("nothing to choose from");
      return one;
    },
  };
};

/** FNV-1a, 32 bits, going on from `hash`. */
export const hashOf = (text: string, hash = 0x811c9dc5): number => {
  let sum = hash;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
};
