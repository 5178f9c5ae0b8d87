import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";
import type { Plan } from "../plan.ts";
import type { World } from "../world.ts";

export interface Watch {
  readonly observers: readonly Observer[];
  lastChange(): number;
}

export const watchAll = (_plan: Plan, _report: Report, world: () => World | undefined): Watch => {
  let last = 0;
  return {
    observers: [
      {
        clusterChanged: () => {
          last = world()?.timeline.now() ?? 0;
        },
      },
    ],
    lastChange: () => last,
  };
};
