/** How long a head that has not moved yet is waited for: every `step` seconds, at most `limit` ms after the push. */
export const lagPatience = { step: 2, limit: 60_000 } as const;

export interface HeadSeen {
  /** The push as its webhook told it; absent or zeros where the ref did not exist before, or does not after. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** Where the ref points to now; absent where it does not exist. */
  readonly head?: string | undefined;
  /** When the oldest push not yet dealt with came, ms since 1970; absent where none waits. */
  readonly since?: number | undefined;
  readonly now: number;
}

/**
 * Some hosts send a webhook before all their machines know the new head. A head that is still the one before the push is such a lag; any
 * other one is accepted, also a third: it is the newest there is.
 */
export const judgeHead = ({ before, after, head, since, now }: HeadSeen): "ready" | "lagging" => {
  if (since === undefined || now - since >= lagPatience.limit) return "ready";
  const [old, wanted, seen] = [shaOf(before), shaOf(after), shaOf(head)];
  return seen === old && seen !== wanted ? "lagging" : "ready";
};

const shaOf = (sha: string | undefined): string | undefined => (sha === undefined || /^0*$/.test(sha) ? undefined : sha);
