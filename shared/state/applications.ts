import * as z from "zod/mini";
import type { DeclaredOperation } from "../argocd/operation.ts";
import type { Application } from "../model/application.ts";
import { digestOfJson } from "../model/digest.ts";
import type { Failure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { Condition, Item, Table } from "../ports/table.ts";
import { type ApplicationState, readState } from "./application-state.ts";
import { replacing } from "./change.ts";
import { standsAt } from "./counter.ts";
import { mayDeclare } from "./forgetting.ts";
import { joinGroups } from "./groups.ts";
import { lastFence } from "./inventories.ts";
import { dueShardOf, keys, readItem, readItems, throwIt, type Unreadable } from "./items.ts";
import { eachOnce, leavePlaces, type Place, placeOf } from "./places.ts";
import { forgetSelection, withStoredSelection } from "./selections.ts";
import { plainRequest } from "./sync-requests.ts";
import { makeMove, type Transition } from "./transitions.ts";
import { wish } from "./wishes.ts";

/** The declaration: written by the registry only, read by everyone. Its `application` was checked before it was written. */
const SpecItem = z.object({
  v: z.literal(1),
  cluster: z._default(z.string(), ""),
  /** How often it was written: whoever slept between reading and writing it would hide where others have put the Application since. */
  writes: z._default(z.number(), 0),
  application: z.custom<Application>((value) => typeof value === "object" && value !== null),
});

export interface Declaration {
  readonly application: Application;
  /** Cluster that the destination resolves to. */
  readonly cluster: string;
  /** ms since 1970 */
  readonly at: number;
  /** The one sync that it asks for. */
  readonly operation?: DeclaredOperation;
}

/** Declarations of many Applications at once, with the cluster each is destined for; those that are gone are left out. */
export const readDeclared = async (
  table: Table,
  names: readonly string[],
  unreadable: Unreadable = throwIt,
): Promise<readonly Declared[]> => {
  const items = await table.getMany(names.map(keys.spec));
  const told = ({ pk }: Item, failure: Failure) => unreadable(pk.slice("app#".length), failure);
  return readItems(SpecItem, items, told).map(([, declared]) => declared);
};

export type Declared = z.infer<typeof SpecItem>;

export const readApplication = async (table: Table, name: string): Promise<Application | undefined> => {
  const item = await table.get(keys.spec(name));
  return item ? readItem(SpecItem, item).application : undefined;
};

/** Those that are there, in no particular order. */
export const readApplications = async (table: Table, names: readonly string[], unreadable?: Unreadable): Promise<readonly Application[]> =>
  (await readDeclared(table, names, unreadable)).map(({ application }) => application);

/** Equal for equal declarations; the state item carries it once all of a declaration stands. */
export const declarationDigest = (application: Application): string => digestOfJson(plain(application));

/**
 * Declares a new or changed Application. Edges first, then lists, then the declaration, then the wish: whatever is interrupted is finished by doing
 * it again, and no push falls between. The declaration of a new one is the first of all: it says what an interruption leaves. For a changed one the
 * state says so, before anything of it stands. `leaving`: one of this name is being forgotten; its parent is woken when it is gone.
 */
export const declareApplication = async (table: Table, declaration: Declaration): Promise<"declared" | "leaving"> => {
  const { application, cluster, at, operation } = declaration;
  const room = await mayDeclare(table, application);
  if (room === "leaving") return "leaving";
  const begun = room === "new" ? await beginNew(table, declaration) : await beginChange(table, room, declaration);
  if (begun === "overtaken") return declareApplication(table, declaration);
  await joinGroups(table, application);
  await table.put({ ...keys.listed(application.name), v: 1, project: application.project, cluster, parent: application.parent });
  await table.put({ ...keys.destined(cluster, application.name), v: 1 });
  if (room !== "new" && !(await writeSpec(table, declaration, begun.before))) return declareApplication(table, declaration);
  await leavePlaces(table, application.name, begun.leaving, placeOf(application, cluster));
  const wished = {
    add: { desiredGeneration: 1, changes: 1 },
    set: {
      v: 1,
      project: application.project,
      cluster,
      declared: declarationDigest(application),
      trigger: "registry",
      desiredAt: at,
      dueShard: dueShardOf(application.name),
      dueAt: at + 60_000,
      ...(room === "new" && (await firstFence(table, application.name))),
    },
    // What was rendered for the old declaration is not applied under the new one: fetch says what it comes to now.
    remove: ["removal", "leaving", "input", "sourceError", ...(operation ? [] : ["operated"])],
  };
  const move = { application: application.name, move: "declare", by: "registry" } as const;
  const condition: Condition = room === "new" ? { v: { absent: true } } : standingAt(begun.changes);
  const stands =
    (operation !== undefined && (await wishOperation(table, { ...move, change: wished, condition }, operation, at))) ||
    (await makeMove(table, { ...move, change: wished, condition })).written;
  if (!stands) return declareApplication(table, declaration);
  if (room === "new") await ((await isDeclared(table, application)) ? keepEdge(table, application) : leaveAgain(table, declaration));
  return "declared";
};

interface Begun {
  readonly before: Declared | undefined;
  readonly changes: number;
  /** Where it may stand besides where the new declaration says. */
  readonly leaving: readonly Place[];
}

/** Without a state nothing but its declaration says where it stands: what an interrupted one says is left before the next one is written. */
const beginNew = async (table: Table, declaration: Declaration): Promise<Begun | "overtaken"> => {
  const { application, cluster } = declaration;
  const [before] = await readDeclared(table, [application.name]);
  if (before) await leavePlaces(table, application.name, [placeOf(before.application, before.cluster)], placeOf(application, cluster));
  return (await writeSpec(table, declaration, before)) ? { before, changes: 0, leaving: [] } : "overtaken";
};

/** An interruption may be followed by any declaration, also by the one before it: none counts as declared, and all that was touched is left. */
const beginChange = async (table: Table, from: ApplicationState, { application, cluster }: Declaration): Promise<Begun | "overtaken"> => {
  const { changes, leaving = [] } = from;
  const [before] = await readDeclared(table, [application.name]);
  if (!before || (before.cluster === cluster && declarationDigest(before.application) === declarationDigest(application)))
    return { before, changes, leaving };
  const touched = eachOnce([...leaving, placeOf(before.application, before.cluster), placeOf(application, cluster)]);
  const answer = await makeMove(table, {
    application: application.name,
    move: "change",
    by: "registry",
    from,
    change: { add: { changes: 1 }, ...replacing({ leaving: touched.length > 1 ? touched : undefined }, ["declared"]) },
    condition: standingAt(changes),
  });
  return answer.written ? { before, changes: changes + 1, leaving: touched } : "overtaken";
};

const standingAt = (changes: number): Condition => ({
  v: { present: true },
  forgetting: { absent: true },
  changes: standsAt(changes),
});

const isDeclared = async (table: Table, { name }: Application): Promise<boolean> => (await readDeclared(table, [name])).length > 0;

/** Whoever slept may have declared what others withdrew and forgot meanwhile: it goes once more, with all that stands of it by now. */
const leaveAgain = async (table: Table, declaration: Declaration): Promise<void> => {
  if (await writeSpec(table, declaration, undefined))
    await withdrawApplication(table, declaration.application.name, "forget", declaration.at);
};

/** Others may have withdrawn it and declared it after that: only its parent's edge went. The parent finds it again, and withdraws what Git does not declare. */
const keepEdge = async (table: Table, { name, parent }: Application): Promise<void> => {
  if (parent === undefined) return;
  const edge = keys.child(parent, name);
  if (await table.get(edge)) return;
  await table.put({ ...edge, v: 1 });
  if (!(await readState(table, name))) await table.delete(edge);
};

/** False where others have written it since `before` was read. */
const writeSpec = async (table: Table, { application, cluster }: Declaration, before: Declared | undefined): Promise<boolean> => {
  if (application.parent !== undefined) await table.put({ ...keys.child(application.parent, application.name), v: 1 });
  const item = { ...keys.spec(application.name), v: 1, cluster, application: plain(application), writes: (before?.writes ?? 0) + 1 };
  const stands: Condition = before ? { v: { present: true }, writes: standsAt(before.writes) } : { v: { absent: true } };
  return (await table.put(item, stands)).written;
};

/**
 * Says that an Application has to go: its own sync does the rest. Where its declaration was interrupted there is no state by which one would
 * come: it gets that of one that is being forgotten, for nothing was ever applied.
 */
export const withdrawApplication = async (table: Table, name: string, removal: "cascade" | "forget", at: number): Promise<void> => {
  if ((await wish(table, name, { removal, trigger: "registry" }, at)) === "raised") return;
  const [declared] = await readDeclared(table, [name]);
  if (!declared) return;
  const { application, cluster } = declared;
  const change = {
    add: { desiredGeneration: 1 },
    set: {
      v: 1,
      project: application.project,
      cluster,
      removal: "forget",
      forgetting: true,
      dueShard: dueShardOf(name),
      dueAt: at + 60_000,
      ...(await firstFence(table, name)),
    },
  };
  await makeMove(table, { application: name, move: "withdraw", by: "registry", change, condition: { v: { absent: true } } });
};

/** With the declaration, the sync that its operation block asks for; false where that was asked for before. */
const wishOperation = async (table: Table, move: Transition, { request, digest }: DeclaredOperation, at: number): Promise<boolean> => {
  const requested = await withStoredSelection(table, move.application, request, at);
  // Whoever asks for what Git says does not want to be kept from it any more, as with a person's sync.
  const endsRollback = request.resources === undefined && !request.dryRun;
  const answer = await makeMove(table, {
    ...move,
    change: {
      ...move.change,
      set: { ...move.change.set, requested: plainRequest(requested), operated: digest },
      remove: [...(move.change.remove ?? []), "asked", ...(endsRollback ? ["rollback"] : [])],
    },
    condition: { ...move.condition, operated: { differs: digest } },
  });
  if (!answer.written) await forgetSelection(table, move.application, requested.resources);
  return answer.written;
};

/** Fences go on where those of an earlier Application of that name ended: its holders may still be on their way. */
const firstFence = async (table: Table, application: string): Promise<{ readonly fence?: number; readonly beat?: number }> => {
  const fence = await lastFence(table, application);
  return fence === 0 ? {} : { fence, beat: 0 };
};

/** `undefined` fields are left out, as the table would. */
const plain = (application: Application): Json => JSON.parse(JSON.stringify(application));
