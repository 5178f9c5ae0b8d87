import { type ApplicationState, isDirty, readStates } from "../state/application-state.ts";
import { hasMoved } from "../state/contests.ts";
import { wish } from "../state/wishes.ts";
import type { DriftWorld } from "./ports.ts";
import { tellUnreadable } from "./unreadable.ts";

/** Has Applications look again that left something to another one which has gone since, or wants other things. Nothing is written while all stands. */
export const wakeContested = async (states: ReadonlyMap<string, ApplicationState>, world: DriftWorld): Promise<void> => {
  const left = [...states].flatMap(([name, state]) => (state.contested && isAtRest(state) ? [{ name, state, by: state.contested }] : []));
  if (left.length === 0) return;
  const others = [...new Set(left.flatMap(({ by }) => Object.keys(by)))].filter((name) => !states.has(name));
  const known = new Map([...states, ...(await readStates(world.table, others, tellUnreadable(world)))]);
  const moved = left.filter(({ by }) => hasMoved(by, known));
  for (const { name } of moved) await wish(world.table, name, { trigger: "registry" }, world.clock.now());
  if (moved.length > 0)
    await world.syncs.send(moved.map(({ name, state }) => ({ body: { v: 1, application: name }, group: state.project })));
};

const isAtRest = (state: ApplicationState): boolean => !isDirty(state) && state.owner === undefined && state.removal === undefined;
