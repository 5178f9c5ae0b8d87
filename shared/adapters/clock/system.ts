import type { SteadyClock } from "../../ports/clock.ts";

export const systemClock: SteadyClock = { now: () => Date.now(), elapsed: () => performance.now() };
