import { createAndResync } from "./create-1000.ts";
import type { Bench } from "./result.ts";
import { webhook } from "./webhook.ts";

/** By the names under which results are quoted. A bench may give results of several names. */
export const benches: Readonly<Record<string, Bench>> = {
  "create-1000": createAndResync,
  webhook,
};
