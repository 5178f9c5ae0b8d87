/**
 * Who tells people something now, without comparing clocks: a claim is taken over only by a message that saw it unchanged for `claimSeconds`, measured
 * by the message's own delays, as with leases. A function that tells may run that long at most, so whoever held it has ended by then.
 */
export interface Seen {
  /** Which claim was seen. */
  readonly beat: number;
  /** How long the message has been delayed since it saw it first. */
  readonly seconds: number;
}

export interface Busy {
  readonly state: "busy";
  /** Until the next look. */
  readonly seconds: number;
  /** What was seen; the message's next delay is still to be added. */
  readonly saw: Seen;
}

const claimSeconds = 60;

/** Telling takes a second as a rule: whoever waits for the other event of an operation looks again before the claim lapses. */
const lookEvery = 15;

export interface ClaimItem {
  readonly beat: number;
  readonly claimedAt?: number | undefined;
}

/** Undefined when nobody is at it, or whoever was has ended. */
export const busyWith = ({ beat, claimedAt }: ClaimItem, saw: Seen | undefined): Busy | undefined => {
  const waited = saw?.beat === beat ? saw.seconds : 0;
  return claimedAt === undefined || waited >= claimSeconds ? undefined : waitFor(beat, waited);
};

/** Somebody else was faster; `beat` is the claim that won. */
export const waitFor = (beat: number, waited = 0): Busy => {
  const seconds = Math.min(lookEvery, claimSeconds - waited);
  return { state: "busy", seconds, saw: { beat, seconds: waited } };
};
