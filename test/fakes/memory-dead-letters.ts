import type { DeadLetter, DeadLetters } from "../../shared/ports/dead-letters.ts";

/** Dead letters in memory. `sent` is what went back to the queue, in order. */
export interface MemoryDeadLetters extends DeadLetters {
  readonly sent: readonly DeadLetter[];
  bury(letter: DeadLetter): void;
}

export const memoryDeadLetters = (initial: readonly DeadLetter[] = []): MemoryDeadLetters => {
  let letters = initial;
  const sent: DeadLetter[] = [];
  return {
    sent,
    bury: (letter) => {
      letters = [...letters, letter];
    },
    look: async (most) => letters.slice(0, most).toSorted((a, b) => a.sentAt - b.sentAt),
    redrive: async (isWanted, moved) => {
      const wanted = letters.filter(isWanted);
      letters = letters.filter((letter) => !wanted.includes(letter));
      for (let at = 0; at < wanted.length; at += 10) {
        const batch = wanted.slice(at, at + 10);
        sent.push(...batch);
        await moved(batch);
      }
      return { moved: wanted.length, left: letters.length };
    },
  };
};
