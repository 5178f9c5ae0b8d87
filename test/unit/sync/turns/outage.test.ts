import { describe, expect, it } from "vitest";
import { Failure } from "../../../../shared/model/failure.ts";
import { readClusterFacts } from "../../../../shared/state/clusters.ts";
import { circuitOf, readTraffic } from "../../../../shared/state/slots.ts";
import type { NextStep } from "../../../../shared/sync/outcome.ts";
import { syncApplication } from "../../../../shared/sync/sync-application.ts";
import { anApplication, configMap, syncWorld } from "../../../support/sync-world.ts";

const gone = new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached: connection refused.");

/** Three Applications at a cluster that can be switched off; each step is the message that the one before asked for. */
const outageWorld = async () => {
  const given = syncWorld();
  const { world, declare, commit, pass, cluster } = given;
  const connects: number[] = [];
  let away: Failure | undefined = gone;
  Object.assign(world, {
    clusters: {
      connect: async () => {
        connects.push(world.clock.now());
        if (away) throw away;
        return cluster;
      },
    },
  });
  const names = ["web", "shop", "ferry"];
  for (const name of names) {
    await declare(anApplication({ name }));
    await commit(name, [configMap(`${name}-settings`)]);
  }
  const next = new Map<string, NextStep>();
  const step = async (name: string): Promise<NextStep> => {
    const before = next.get(name);
    const after = await syncApplication(before && !before.done ? before.again : { v: 1, application: name }, world);
    next.set(name, after);
    return after;
  };
  return {
    ...given,
    names,
    connects,
    step,
    all: async () => {
      for (const name of names) await step(name);
    },
    switchOff: (failure: Failure | undefined) => {
      away = failure;
    },
    minute: () => pass(60_000),
    traffic: () => readTraffic(world.table, "harbor"),
    facts: () => readClusterFacts(world.table, "harbor"),
  };
};

describe("a cluster that does not answer", () => {
  it("is left alone from the third step in a row on, whichever Applications they are of, and said to be away once (F-31)", async () => {
    const { all, connects, traffic, facts, told } = await outageWorld();
    await all();
    expect(await traffic()).toMatchObject({ outage: { reason: gone.message }, used: 0 });
    expect(await facts()).toMatchObject({ reachable: false, error: gone.message });
    expect(connects).toHaveLength(3);
    await all();
    expect(connects).toHaveLength(3);
    expect(told.filter(({ event }) => event === "cluster-unreachable")).toHaveLength(1);
  });

  // The objects of one Application, whose operator was gone, kept all others away from a healthy cluster.
  it("is not one that cannot read objects of one kind: that says that it is there", async () => {
    const { all, step, switchOff, minute, traffic } = await outageWorld();
    switchOff(new Failure("KindUnavailable", "harbor", "Cluster harbor could not give Raft one: conversion webhook failed"));
    for (let round = 0; round < 3; round++) await all();
    expect((await traffic()).outage).toBeUndefined();
    switchOff(undefined);
    minute();
    expect(await step("web")).toEqual({ done: true });
  });

  it("costs those who wait for it no write, and none of them is called failed", async () => {
    const { all, step, table, declare, commit, state } = await outageWorld();
    await all();
    await declare(anApplication({ name: "late" }));
    await commit("late", [configMap("late-settings")]);
    const writes = table.writes;
    expect(await step("late")).toMatchObject({ done: false, again: { waits: { probe: 0 } } });
    expect(table.writes).toBe(writes);
    expect(await state("late")).not.toHaveProperty("phase");
  });

  it("is looked at by one step at a time", async () => {
    const { all, connects, minute, told } = await outageWorld();
    for (let round = 0; round < 2; round++) await all();
    for (let round = 0; round < 4; round++) {
      minute();
      await all();
    }
    const probes = told.filter(({ event }) => event === "cluster-probed").length;
    expect(probes).toBeGreaterThanOrEqual(2);
    expect(probes).toBeLessThanOrEqual(4);
    expect(connects).toHaveLength(3 + probes);
  });

  it("is not gone to by others of the same worker while one looks whether it is back", async () => {
    const { all, step, world, minute, connects, declare, commit } = await outageWorld();
    for (let round = 0; round < 2; round++) await all();
    minute();
    const { connect } = world.clusters;
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    world.clusters.connect = async (name) => {
      await answered;
      return connect(name);
    };
    const probe = step("web");
    await expect.poll(async () => circuitOf(await readTraffic(world.table, "harbor"))).toBe("half-open");
    await declare(anApplication({ name: "late" }));
    await commit("late", [configMap("late-settings")]);
    expect(await step("late")).toMatchObject({ done: false, again: { waits: { probe: 1 } } });
    answer();
    await probe;
    expect(connects).toHaveLength(4);
  });

  it("wakes all that waited for it when it is back, and is said to be back once", async () => {
    const { all, minute, switchOff, syncs, told, facts, traffic, names } = await outageWorld();
    await all();
    await all();
    minute();
    switchOff(undefined);
    await all();
    expect(told.filter(({ event }) => event === "cluster-back")).toHaveLength(1);
    expect(await facts()).toMatchObject({ reachable: true });
    expect(await traffic()).toMatchObject({ failures: 0, probes: 0 });
    expect(await traffic()).not.toHaveProperty("outage");
    const woken = syncs.sent.filter(({ group }) => group === "default").map(({ body }) => body.application);
    expect(names.filter((name) => woken.includes(name)).length).toBeGreaterThanOrEqual(2);
  });

  it("does not keep anybody away where it answers, whatever it says", async () => {
    const { all, switchOff, traffic } = await outageWorld();
    switchOff(new Failure("ClusterForbidden", "harbor", "Cluster harbor does not accept our credentials (401)."));
    for (let round = 0; round < 3; round++) await all();
    expect(await traffic()).not.toHaveProperty("outage");
  });

  it("keeps no Application from being forgotten, or from being told that its sources are broken", async () => {
    const { all, step, table, state, breakSource } = await outageWorld();
    await all();
    await breakSource("shop", "there is no directory deploy");
    await step("shop");
    expect(await state("shop")).toMatchObject({ reason: expect.stringContaining("there is no directory deploy") });
    await table.update({ pk: "app#web", sk: "state" }, { set: { removal: "forget" }, add: { desiredGeneration: 1 } });
    await step("web");
    expect(await table.get({ pk: "app#web", sk: "state" })).toBeUndefined();
  });
});

describe("a table in trouble (F-11)", () => {
  it("when slots go back fails no step: they lapse", async () => {
    const { world, declare, commit, sync, told, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    const { update } = world.table;
    const throttled = new Failure("TableUnavailable", "table", "The table does not answer: ProvisionedThroughputExceededException.");
    const isReturn = (change: { readonly remove?: readonly string[] }) => change.remove?.some((name) => name.startsWith("grant:"));
    world.table.update = (key, change, condition) => (isReturn(change) ? Promise.reject(throttled) : update(key, change, condition));
    await sync();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
    expect(told).toContainEqual({ event: "slots-kept", facts: { cluster: "harbor", reason: throttled.message } });
    expect(await readTraffic(world.table, "harbor")).toMatchObject({ used: 8, grants: [{ slots: 8 }] });
  });

  it("when slots are taken begins nothing: the message comes again", async () => {
    const { world, declare, commit, sync, state, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    const { update } = world.table;
    const throttled = new Failure("TableUnavailable", "table", "The table does not answer: ProvisionedThroughputExceededException.");
    world.table.update = (key, change, condition) => (key.sk === "slots" ? Promise.reject(throttled) : update(key, change, condition));
    await expect(sync()).rejects.toThrow(throttled);
    expect(cluster.calls).toEqual([]);
    expect(await state()).not.toHaveProperty("owner");
    world.table.update = update;
    await sync();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });
});
