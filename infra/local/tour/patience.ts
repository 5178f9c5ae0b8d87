/** Seconds. Each takes a few; machines that build something else at the same time take longer. */
export const patience = { start: 120, push: 60, drift: 60, outage: 90 } as const;
