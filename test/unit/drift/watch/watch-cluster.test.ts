import { describe, expect, it } from "vitest";
import { watchCluster } from "../../../../shared/drift/watch/watch-cluster.ts";
import { readWatch, takeWatch } from "../../../../shared/state/watches.ts";
import { type ScannedOptions, scanned, unreachable, withoutSelfHeal } from "../../../support/drift-scanned.ts";
import { configMap } from "../../../support/sync-world.ts";

/** A scanned cluster that is watched; what is said happens at its second of the watch. Time goes on by waiting only. */
const watched = async (options: ScannedOptions & { readonly application?: object } = {}) => {
  const world = await scanned(options.application, options);
  const { table, pass, driftWorld } = world;
  const watch = async (seconds: number, happenings: Readonly<Record<number, () => unknown>> = {}, name = "holder") => {
    const from = driftWorld.clock.now();
    const waiting = Object.entries(happenings).map(([second, happens]) => ({ second: Number(second), happens }));
    const pause = async (milliseconds: number) => {
      await new Promise((resolve) => setImmediate(resolve));
      pass(milliseconds);
      for (const each of waiting) {
        if (driftWorld.clock.now() < from + each.second * 1_000) continue;
        waiting.splice(waiting.indexOf(each), 1);
        await each.happens();
      }
    };
    await watchCluster("harbor", from + seconds * 1_000, { ...driftWorld, pause, newName: () => name });
  };
  const lists = () => world.cluster.calls.filter((call) => call.startsWith("list"));
  return { ...world, watch, lists, place: () => readWatch(table, "harbor") };
};
const red = { colour: "red", size: "small" };

describe("a cluster that is watched", () => {
  it("has an edit by hand found within a second, from that object alone", async () => {
    const { watch, edit, syncs, told, driftWorld, lists } = await watched();
    let [edited, found] = [0, 0];
    const before = () => lists().length;
    let listed = 0;
    await watch(30, {
      10: () => {
        listed = before();
        edited = driftWorld.clock.now();
        edit(red);
      },
      11.5: () => {
        found = syncs.take().length;
      },
    });
    expect(edited).toBeGreaterThan(0);
    expect(found).toBe(1);
    expect(lists()).toHaveLength(listed);
    expect(told.map(({ event }) => event)).toContain("drift");
  });

  it("has an object that was deleted found, and one that lost its tracking id", async () => {
    const { watch, cluster, at, syncs, live } = await watched();
    await watch(20, { 5: () => cluster.delete(at, { uid: String(live("settings")?.metadata.uid), propagation: "Background" }) });
    expect(syncs.take()).toHaveLength(1);
    const other = await watched();
    await other.watch(20, {
      5: () =>
        other.cluster.edit(
          at,
          "kubectl-edit",
          ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, annotations: {} } }) as never,
        ),
    });
    expect(other.syncs.take()).toHaveLength(1);
  });

  it("has nothing found deleted because its connection remembers other kinds than the server has now", async () => {
    const { watch, cluster, told, edit, syncs, sync, pass } = await watched();
    const { discover, get } = cluster;
    const older = { apiVersion: "v0", kind: "ConfigMap", plural: "configmaps", namespaced: true, verbs: [] };
    for (const remembered of [[], [older]]) {
      cluster.discover = async (options) => ({ ...(await discover()), ...(!options?.fresh && { kinds: remembered }) });
      cluster.get = async (query) => (query.apiVersion === "v1" ? get(query) : { state: "absent" });
      await watch(20, { 5: () => edit({ ...red, remembered: String(remembered.length) }) });
      expect(syncs.take()).toHaveLength(1);
      expect(told.findLast(({ event }) => event === "drift")?.facts).toMatchObject({ missing: 0, moved: 1 });
      cluster.discover = discover;
      await sync();
      pass(60_000);
    }
  });

  it("costs nothing while controllers write what is theirs", async () => {
    const { watch, cluster, at } = await watched();
    let calls = 0;
    const write = (round: number) => () => {
      if (round === 1) calls = cluster.calls.length;
      cluster.edit(at, "some-controller", (object) => ({ ...object, status: { round } }));
    };
    await watch(60, { 5: write(0), 10: write(1), 20: write(2), 30: write(3) });
    expect(cluster.calls.slice(calls)).toEqual([]);
  });

  it("is looked at again when somebody was at work there", async () => {
    const { watch, edit, syncs, commit, sync } = await watched();
    await watch(60, {
      5: () => commit("web", [configMap("settings", { colour: "green", size: "small" })]),
      6: () => edit(red),
      20: async () => {
        await sync();
        syncs.take();
        edit(red);
      },
    });
    expect(syncs.take()).toHaveLength(1);
  });

  it("is left to its mode: told once, not healed", async () => {
    const { watch, edit, syncs, history } = await watched({ application: withoutSelfHeal });
    await watch(60, { 5: () => edit(red), 20: () => edit({ ...red, more: "1" }) });
    expect(syncs.take()).toEqual([]);
    expect((await history()).filter(({ kind }) => kind === "drift-found")).toHaveLength(1);
  });

  it("has what moved while nobody watched found by the next holder, without a list", async () => {
    const { watch, edit, syncs, lists, place } = await watched();
    await watch(20);
    expect(await place()).toMatchObject({ versions: { "v1/ConfigMap": expect.any(String) } });
    expect((await place())?.owner).toBeUndefined();
    edit(red);
    const before = lists().length;
    await watch(5);
    expect(syncs.take()).toHaveLength(1);
    expect(lists()).toHaveLength(before);
  });

  it("is looked at as a whole when the server has forgotten where we were", async () => {
    const { watch, edit, cluster, syncs } = await watched();
    await watch(20);
    edit(red);
    cluster.forget();
    await watch(5);
    expect(syncs.take()).toHaveLength(1);
  });
});

describe("the place of a cluster's watcher", () => {
  it("is taken when its holder leaves, at once", async () => {
    const { watch, driftWorld, table, edit, syncs } = await watched();
    await takeWatch(table, "harbor", "other", undefined);
    const leave = async () => {
      await table.update({ pk: "cluster#harbor", sk: "watch" }, { remove: ["owner"], add: { beat: 1 } });
    };
    const from = driftWorld.clock.now();
    await watch(40, { 20: leave, 30: () => edit(red) });
    expect(driftWorld.clock.now() - from).toBeGreaterThanOrEqual(40_000);
    expect(syncs.take()).toHaveLength(1);
  });

  it("is taken from a holder that beats no more, and left to one that does", async () => {
    const { watch, table, place } = await watched();
    await takeWatch(table, "harbor", "other", undefined);
    const beat = async () => {
      await table.update({ pk: "cluster#harbor", sk: "watch" }, { add: { beat: 1 } });
    };
    await watch(100, { 10: beat, 20: beat, 30: beat, 40: beat });
    expect((await place())?.owner).toBe("other");
    await watch(100);
    expect((await place())?.owner).toBeUndefined();
  });

  it("is given back when the cluster cannot be reached", async () => {
    const { watch, breakWith, place, told } = await watched();
    breakWith(unreachable);
    await watch(20);
    expect((await place())?.owner).toBeUndefined();
    expect(told.map(({ event }) => event)).toContain("watch-failed");
  });
});

describe("a cluster that goes away while it is watched", () => {
  it("is watched again when it is back, over a new connection, and nothing that moved meanwhile is missed", async () => {
    const { watch, edit, syncs, breakWith, cluster, told } = await watched();
    const { watch: follow } = cluster;
    const streams: AbortController[] = [];
    cluster.watch = (query, stop) => {
      const broken = new AbortController();
      streams.push(broken);
      return follow(query, AbortSignal.any([stop, broken.signal]));
    };
    await watch(60, {
      10: () => {
        breakWith(unreachable);
        for (const stream of streams.splice(0)) stream.abort();
      },
      20: () => edit(red),
      30: () => breakWith(undefined),
    });
    expect(syncs.take()).toHaveLength(1);
    expect(streams).toHaveLength(1);
    // Once, and not every two seconds for each kind.
    expect(told.filter(({ event }) => event === "watch-broken")).toHaveLength(1);
  });
});
