import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import type { Table } from "../../../../shared/ports/table.ts";
import { syncApplication } from "../../../../shared/sync/sync-application.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });
const revision = (v: string): readonly Manifest[] => [
  job("before", hook("PreSync")),
  configMap("settings", { v }),
  job("after", hook("PostSync")),
];
const hooks = ["before", "after"] as const;

class Killed extends Error {}

const mortal = (table: Table, alive: () => void): Table => {
  const before =
    <A extends readonly unknown[], R>(call: (...given: A) => Promise<R>) =>
    (...given: A) => {
      alive();
      return call(...given);
    };
  const { get, getMany, put, update, query } = table;
  return { ...table, get: before(get), getMany: before(getMany), put: before(put), update: before(update), query: before(query) };
};

/** Kills the worker before its call of this number to cluster or table, counted over all steps; a newer commit arrives before another one takes over. */
const play = async (killAt?: number, earlier = false) => {
  let calls = 0;
  let dying = true;
  let counting = false;
  const alive = () => {
    if (counting && ++calls === killAt && dying) throw new Killed();
  };
  const given = syncWorld({ before: alive });
  const { cluster, state, pass, live, commit } = given;
  const table = mortal(given.table, alive);
  let saw: { fence: number; beat: number } | undefined;
  const sync = () => syncApplication({ v: 1, application: "web", saw }, { ...given.world, table });
  await given.declare(anApplication());
  const lost: string[] = [];
  const uidOf = (name: string) => live(name, "Job")?.metadata.uid;
  const isAtWork = (name: string) => uidOf(name) !== undefined && live(name, "Job")?.status === undefined;
  /** One step, and whether it tore down a hook that was at work. */
  const step = async () => {
    const before = new Map(hooks.filter(isAtWork).map((name) => [name, uidOf(name)]));
    try {
      const next = await sync();
      saw = next.done ? undefined : next.again.saw;
      pass(next.done ? 1_000 : next.seconds * 1000);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      dying = false;
      // What it had begun and nobody wrote down is at work.
      await commit("web", revision("newer"));
      pass(1_000);
      return;
    }
    for (const [name, uid] of before) if (uidOf(name) !== uid) lost.push(`${name} after call ${killAt}`);
  };
  const toTheEnd = async (wanted: string) => {
    for (let steps = 0; live("settings")?.data === undefined || !isAt(wanted) || (await state()).phase !== "Succeeded"; steps++) {
      if (steps > 80) throw new Error(`stuck after call ${killAt}: ${JSON.stringify(await state())}`);
      await step();
      // A hook takes its time: whoever takes over has had its turn.
      if (saw === undefined && !(await state()).owner) for (const name of hooks) if (isAtWork(name)) endJob(cluster, name, "Complete");
    }
  };
  const isAt = (wanted: string) => JSON.stringify(live("settings")?.data) === JSON.stringify({ v: wanted });
  if (earlier) {
    await commit("web", revision("earliest"));
    await toTheEnd("earliest");
  }
  counting = true;
  await commit("web", revision("older"));
  await toTheEnd(killAt === undefined ? "older" : "newer");
  return { calls, lost, history: (await given.history()).map(({ kind }) => kind) };
};

describe.each([
  ["the first operation of all", false],
  ["a later one", true],
])("a worker that dies in %s, before a newer commit arrives", async (_, earlier) => {
  const { calls } = await play(undefined, earlier);

  // The next one did not know the operation: BeforeHookCreation took a migration away in the middle of its tables.
  it.each(Array.from({ length: calls }, (_each, index) => index + 1))(
    "leaves no hook that is deleted at its work (call %i)",
    async (call) => {
      const { lost } = await play(call, earlier);
      expect(lost).toEqual([]);
    },
  );
});
