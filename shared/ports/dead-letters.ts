/**
 * What stays behind of one queue: messages that were received as often as the queue allows and never acknowledged. The table decides what is to be
 * done; a letter only names something to look at, so that sending it again, at any time and any number of times, does no harm.
 */
export interface DeadLetters {
  /** All there are, at most `most`, oldest first. They stay, hidden from everybody else for a moment. Throws QueueUnavailable. */
  look(most: number): Promise<readonly DeadLetter[]>;
  /**
   * Sends those that are wanted back to the queue that they came from, then takes them out: one that is interrupted may come twice, and is never lost.
   * `moved` is told after each batch. Throws QueueUnavailable.
   */
  redrive(isWanted: (letter: DeadLetter) => boolean, moved: (letters: readonly DeadLetter[]) => Promise<void>): Promise<Redriven>;
}

export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  /** When it was sent to the queue that it comes from, ms since 1970. */
  readonly sentAt: number;
  /** When it was received first, ms since 1970. */
  readonly receivedAt?: number;
  readonly group?: string;
}

/** How many went, and how many were not wanted. */
export interface Redriven {
  readonly moved: number;
  readonly left: number;
}
