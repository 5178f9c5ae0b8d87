import type { Doings } from "../doings.ts";
import type { Report } from "../invariant.ts";
import type { World } from "../world.ts";
import type { Watch } from "./always.ts";
import { checkApplications } from "./applications.ts";
import { checkDeadLetters } from "./dead-letters.ts";
import { checkObjects } from "./objects.ts";
import { checkSyncs } from "./syncs.ts";
import { checkTellings } from "./told-once.ts";
import { checkTurns } from "./turns.ts";

/** What must hold when the world has gone quiet. */
export const checkEnd = (world: World, doings: Doings, { tellings, leftBehind }: Watch, report: Report): void => {
  checkApplications(world, report);
  checkObjects(world, doings, leftBehind, report);
  checkDeadLetters(world, report);
  checkTellings(world, tellings, report);
  checkSyncs(world, report);
  checkTurns(world, report);
};
