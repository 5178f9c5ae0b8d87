export interface Clock {
  /** Milliseconds since 1970. Never compared between machines to decide who may write. */
  now(): number;
}

/** A clock that measures durations, too. */
export interface SteadyClock extends Clock {
  /** Milliseconds since some moment of this process: neither set nor turned back, whatever happens to `now`. */
  elapsed(): number;
}
