import type { Test } from "../ports/table.ts";

/** A counter that stands at this. One that nobody raised is absent, or was written down as 0: both read as 0, so both must count as 0. */
export const standsAt = (count: number): Test => (count === 0 ? { absentOr: 0 } : { equals: count });
