import type { Application } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import type { Condition, Table } from "../ports/table.ts";
import { type ApplicationState, readState, StateItem } from "./application-state.ts";
import { replacing } from "./change.ts";
import { standsAt } from "./counter.ts";
import { forgetInventory } from "./inventories.ts";
import { isFenced, isState, keys, readItem } from "./items.ts";
import { type Lease, leaseLost } from "./leases.ts";
import { forgetOperation } from "./operations.ts";
import { leavePlaces, placeOf } from "./places.ts";
import { bury, makeMove } from "./transitions.ts";
import { wish } from "./wishes.ts";

/**
 * Forgetting and declaring the same name exclude each other by the state item: a withdrawal that is taken back first is not carried out, and
 * one that has begun is finished before the name is declared again. Who declared meanwhile is written down, and looks again when it is gone.
 */
export type Forgotten =
  /** `awaitedBy` has a wish to look again; the hint is the caller's to send. */
  | { readonly state: "forgotten"; readonly awaitedBy?: string }
  /** It was declared again before we began. */
  | { readonly state: "stays" };

/**
 * Forgets an Application whose objects are gone or left behind: edges and lists, then everything under its name, the state item last, so that
 * one of the same name begins with an empty history. `read` is the state that the lease was acquired with. Throws LeaseLost.
 */
export const forgetApplication = async (table: Table, application: Application, held: Forgetting): Promise<Forgotten> => {
  try {
    return await forgetAll(table, application, held);
  } catch (error) {
    if (error instanceof Failure && error.code === "LeaseLost") await declareAnew(table, application, held.at);
    throw error;
  }
};

interface Forgetting {
  readonly lease: Lease;
  readonly read: ApplicationState;
  readonly at: number;
}

/**
 * No delete is bound to a lease: whoever slept may have deleted what was declared by that name after others had forgotten it. Its parent declares all
 * of it again.
 */
const declareAnew = async (table: Table, { name, parent }: Application, at: number): Promise<void> => {
  const condition: Condition = { v: { present: true }, forgetting: { absent: true } };
  const again = await makeMove(table, { application: name, move: "wish", by: "registry", change: { remove: ["declared"] }, condition });
  if (again.written && parent !== undefined) await wish(table, parent, { trigger: "registry" }, at);
};

const forgetAll = async (table: Table, application: Application, { lease, read, at }: Forgetting): Promise<Forgotten> => {
  const { name } = application;
  const withdrawn: Condition = { removal: read.removal === undefined ? { absent: true } : { equals: read.removal } };
  const begun = await makeMove(table, {
    application: name,
    move: "forget",
    by: "holder",
    from: read,
    change: { set: { forgetting: true } },
    condition: { ...heldBy(lease), ...withdrawn },
  });
  if (!begun.written) return { state: "stays" };
  const { leaving = [] } = readItem(StateItem, begun.item);
  await leavePlaces(table, name, [...leaving, placeOf(application, read.cluster)]);
  await lease.keep();
  await table.delete(keys.listed(name));
  return forgetItems(table, lease, at);
};

/**
 * What stands under an Application's name, the state item last: as long as it is there, somebody comes to finish. Of what holders write, the
 * fence stays. Throws LeaseLost.
 */
export const forgetItems = async (table: Table, lease: Lease, at: number): Promise<Forgotten> => {
  const { pk } = keys.spec(lease.application);
  await lease.keep();
  await forgetInventory(table, lease);
  await forgetOperation(table, lease);
  for (;;) {
    await lease.keep();
    const { items } = await table.query({ pk, limit: 100 });
    const others = items.filter((item) => !isState(item) && !isFenced(item));
    if (others.length > 0) {
      await Promise.all(others.map(({ sk }) => table.delete({ pk, sk })));
      continue;
    }
    const item = items.find(isState);
    if (!item) return { state: "forgotten" };
    const state = readItem(StateItem, item);
    const { awaited, awaitedBy } = state;
    // Before the state goes: a crash between the two wakes it once too often, instead of never.
    if (awaitedBy !== undefined) await wish(table, awaitedBy, { trigger: "registry" }, at);
    const gone = await bury(table, lease.application, state, { ...heldBy(lease), awaited: standsAt(awaited) });
    if (gone.written || !gone.found) return { state: "forgotten", ...(awaitedBy !== undefined && { awaitedBy }) };
    if (gone.found.owner !== lease.owner) throw leaseLost(lease.application);
  }
};

const heldBy = ({ owner, fence }: Lease): Condition => ({ owner: { equals: owner }, fence: { equals: fence } });

/** `new`: nothing stands under that name. `leaving`: what stood there is being forgotten. Else, what stands there. */
export type Room = "new" | "leaving" | ApplicationState;

/**
 * Whether an Application of this name may be declared now. A withdrawal that nobody has carried out yet is taken back; one that is being
 * carried out is waited for, and `parent` is woken at its end.
 */
export const mayDeclare = async (table: Table, { name, parent }: Application): Promise<Room> => {
  for (;;) {
    const from = await readState(table, name);
    if (!from) return "new";
    const { removal, forgetting } = from;
    const moving = { application: name, by: "registry", from } as const;
    if (forgetting) {
      const change = { add: { awaited: 1 }, ...replacing({ awaitedBy: parent }) };
      const asked = await makeMove(table, { ...moving, move: "await", change, condition: { forgetting: { present: true } } });
      if (asked.written) return "leaving";
      continue;
    }
    if (removal === undefined) return from;
    // Not `declared` either, until all of the new declaration stands.
    const change = { remove: ["removal", "declared"] };
    const condition: Condition = { removal: { present: true }, forgetting: { absent: true } };
    const taken = await makeMove(table, { ...moving, move: "take back", change, condition });
    if (taken.written) return readItem(StateItem, taken.item);
  }
};
