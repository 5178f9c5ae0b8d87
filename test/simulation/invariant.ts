/** What must never happen, with what happened instead. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
  /** Virtual milliseconds from the start. */
  readonly at: number;
}

export type Report = (invariant: string, what: string) => void;
