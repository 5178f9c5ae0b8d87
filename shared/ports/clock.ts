export interface Clock {
  /** Milliseconds since 1970. Never compared between machines to decide who may write. */
  now(): number;
}
