import { describe, expect, it } from "vitest";
import { sweep } from "../../../shared/scan/sweep.ts";
import { type ApplicationState, readState, StateItem } from "../../../shared/state/application-state.ts";
import { keys, readItem } from "../../../shared/state/items.ts";
import type { PushMessage, SyncMessage } from "../../../shared/state/messages.ts";
import { nextLookAt, type State, standingOf, states } from "../../../shared/state/transitions/states.ts";
import { type Actor, type Move, moves, waysOf } from "../../../shared/state/transitions/table.ts";
import { bury, makeMove } from "../../../shared/state/transitions.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const due = { dueAt: 1, dueShard: 1 };

/** An Application in each state, as its item says so. */
const examples: Readonly<Record<Exclude<State, "gone">, Partial<ApplicationState>>> = {
  idle: {},
  wished: { desiredGeneration: 1, ...due },
  held: { owner: "one", fence: 1, ...due },
  waiting: { phase: "Running", desiredGeneration: 1, ...due },
  terminating: { phase: "Running", terminate: "ada", ...due },
  retrying: { phase: "Failed", retryAt: 1, ...due },
  "held up": { phase: "Succeeded", againAt: 1, ...due },
  failed: { phase: "Failed" },
  settling: { phase: "Succeeded", health: "Progressing", ...due },
  succeeded: { phase: "Succeeded" },
  removing: { removal: "cascade", ...due },
  forgetting: { owner: "one", forgetting: true, ...due },
};

const stateIn = (standing: Exclude<State, "gone">): ApplicationState =>
  readItem(StateItem, { ...keys.state("web"), v: 1, ...JSON.parse(JSON.stringify(examples[standing])) });

const everyState = states.filter((state): state is Exclude<State, "gone"> => state !== "gone");
const everyMove = Object.entries(moves).map(([move, { by }]) => [move as Move, by] as const);
const everyActor: readonly Actor[] = ["registry", "fetch", "scan", "sweep", "person", "holder", "health"];

/** What turns an Application of one state into one of another, whatever stood there. */
const changeTo = (to: Exclude<State, "gone">) => {
  const all = [...new Set(everyState.flatMap((state) => Object.keys(examples[state])))];
  const { v, ...wanted } = stateIn(to);
  return { set: JSON.parse(JSON.stringify(wanted)), remove: all.filter((name) => !(name in examples[to])) };
};

const attempt = async (move: Move, by: Actor, from: Exclude<State, "gone">, to: Exclude<State, "gone">) => {
  const before = stateIn(from);
  const table = memoryTable([{ ...keys.state("web"), ...JSON.parse(JSON.stringify(before)) }]);
  const made = makeMove(table, { application: "web", move, by, from: before, change: changeTo(to), condition: { v: { present: true } } });
  return { made, table, now: async () => standingOf(await readState(table, "web")) };
};

describe("where an Application stands", () => {
  it.each(everyState)("is told by its item: %s", (state) => {
    expect(standingOf(stateIn(state))).toBe(state);
  });

  it("is nowhere when there is no item", () => {
    expect(standingOf(undefined)).toBe("gone");
  });
});

describe.each(everyMove.filter(([move]) => move !== "bury"))("the move %s", (move, actors) => {
  const pairs = everyState.flatMap((from) => everyState.map((to) => [from, to] as const));
  const [by = "holder"] = actors;

  it("leads wherever the table says, in one write", async () => {
    for (const [from, to] of pairs.filter(([here, there]) => waysOf(move, here).includes(there))) {
      const { made, table, now } = await attempt(move, by, from, to);
      expect((await made).written).toBe(true);
      expect([table.writes, await now()]).toEqual([1, to]);
    }
  });

  it("leads nowhere else: that is an error with both states in it, and nothing is written", async () => {
    for (const [from, to] of pairs.filter(([here, there]) => !waysOf(move, here).includes(there))) {
      const { made, table, now } = await attempt(move, by, from, to);
      await expect(made).rejects.toMatchObject({
        code: "TransitionImpossible",
        message: expect.stringContaining(`${by} cannot ${move} Application web from "${from}" to "${to}"`),
      });
      expect([table.writes, await now()]).toEqual([0, from]);
    }
  });

  it("is made by those that the table names, and by nobody else", async () => {
    const [from, to] = pairs.find(([here, there]) => waysOf(move, here).includes(there)) ?? [];
    if (!from || !to) throw new Error(`${move} leads from nowhere to anywhere`);
    for (const actor of everyActor) {
      const { made } = await attempt(move, actor, from, to);
      if (actors.some((may) => may === actor)) expect((await made).written).toBe(true);
      else await expect(made).rejects.toMatchObject({ code: "TransitionImpossible" });
    }
  });
});

describe("the end of an Application", () => {
  it.each(everyState)("comes to one that is being forgotten, and to no other: %s", async (state) => {
    const from = stateIn(state);
    const table = memoryTable([{ ...keys.state("web"), ...JSON.parse(JSON.stringify(from)) }]);
    const buried = bury(table, "web", from, { v: { present: true } });
    if (state === "forgetting") {
      await buried;
      return expect(table.items()).toEqual([]);
    }
    await expect(buried).rejects.toMatchObject({ message: expect.stringContaining(`from "${state}" to "gone"`) });
    expect(table.items()).toHaveLength(1);
  });
});

describe("who looks next at an Application", () => {
  const watched = everyState.filter((state) => nextLookAt[state] === "its time");

  it.each(watched)("that is %s: the sweep, at its time, whatever became of the message", async (state) => {
    const table = memoryTable([{ ...keys.state("web"), ...JSON.parse(JSON.stringify(stateIn(state))) }]);
    const [pushes, syncs] = [memoryQueue<PushMessage>(), memoryQueue<SyncMessage>()];
    await sweep({ table, pushes, syncs, clock: { now: () => 2 }, journal: { tell: () => undefined } });
    expect([...pushes.sent, ...syncs.sent].map(({ body }) => body)).toMatchObject([{ application: "web" }]);
    const after = await readState(table, "web");
    expect(after?.dueAt).toBeGreaterThan(2);
    expect(standingOf(after)).toBe(state);
  });

  it.each(watched.filter((state) => waysOf("release", "held").includes(state)))(
    "that is %s: nobody may leave it so with no time",
    async (state) => {
      const { owner, ...held } = stateIn("held");
      const table = memoryTable([{ ...keys.state("web"), ...JSON.parse(JSON.stringify({ ...held, owner })) }]);
      const { set, remove } = changeTo(state);
      const { dueAt, dueShard, ...timeless } = set;
      const change = { set: timeless, remove: [...remove, "dueAt", "dueShard"] };
      const move = { application: "web", move: "release", by: "holder", from: { ...held, owner }, change, condition: {} } as const;
      // Without its time, what settles has succeeded, and the scan looks.
      if (state === "settling") return expect((await makeMove(table, move)).written).toBe(true);
      await expect(makeMove(table, move)).rejects.toMatchObject({ message: expect.stringContaining("no time at which anybody looks") });
      expect(table.writes).toBe(0);
    },
  );

  it.each(everyState.filter((state) => nextLookAt[state] === "scan"))("that is %s: the scan of its cluster", async (state) => {
    const { dueAt, retryAt, owner, desiredGeneration, observedGeneration, phase } = stateIn(state);
    expect({ dueAt, retryAt, owner }).toEqual({});
    expect([desiredGeneration > observedGeneration, phase === "Running"]).toEqual([false, false]);
  });
});

it("who writes without having read is refused a move that is not theirs", async () => {
  const table = memoryTable([{ ...keys.state("web"), v: 1 }]);
  const move = { application: "web", move: "release", by: "person", change: { set: { phase: "Succeeded" } }, condition: {} } as const;
  await expect(makeMove(table, move)).rejects.toMatchObject({ code: "TransitionImpossible" });
  expect(table.writes).toBe(0);
});

it("every state but the last can be left, and every state but the first can be reached", () => {
  const ways = everyMove.flatMap(([move]) => states.flatMap((from) => waysOf(move, from).map((to) => ({ from, to }))));
  const left = new Set(ways.filter(({ from, to }) => from !== to).map(({ from }) => from));
  const reached = new Set(ways.filter(({ from, to }) => from !== to).map(({ to }) => to));
  expect(states.filter((state) => !left.has(state))).toEqual([]);
  expect(states.filter((state) => !reached.has(state))).toEqual([]);
});
