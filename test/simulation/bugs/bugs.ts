import type { Bug } from "../bug.ts";
import { historyBugs } from "./history.ts";
import { leaseBugs } from "./leases.ts";
import { objectBugs } from "./objects.ts";
import { tellingBugs } from "./telling.ts";
import { turnBugs } from "./turns.ts";
import { wishBugs } from "./wishes.ts";

/** Deliberate bugs, each of which the simulator must find. */
export const bugs: readonly Bug[] = [...leaseBugs, ...wishBugs, ...objectBugs, ...tellingBugs, ...turnBugs, ...historyBugs];
