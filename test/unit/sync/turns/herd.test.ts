import { describe, expect, it } from "vitest";
import { Failure } from "../../../../shared/model/failure.ts";
import { usualBudget } from "../../../../shared/model/request-budget.ts";
import { holdOff, noteWaiting, readTraffic } from "../../../../shared/state/slots.ts";
import { herdWorld } from "../../../support/herd-world.ts";

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
const noisy = names("noisy", 1_000);
/** 1,000 steps of 8 requests at 500 a second. */
const least = 16_000;

describe("1,000 Applications that wake at once at one cluster (F-36)", () => {
  it.each([100, 10])("keep to its budget with %i workers, and are done in 1.3 times the least that it takes", async (workers) => {
    const herd = herdWorld({ workers });
    await herd.declare(noisy, "noisy");
    await herd.wake(noisy);
    const took = await herd.until(() => herd.served.length === noisy.length);
    expect(took).toBeLessThanOrEqual(1.3 * least);
    expect(herd.mostInFlight()).toBeLessThanOrEqual(40);
    // What nobody used before may be used in the first two seconds.
    expect(herd.mostPerSecond(3_000)).toBeLessThanOrEqual(500);
    expect(herd.requests).toHaveLength(8 * noisy.length);
  });

  it("look in vain a few times each, and make no storm of writes that fail", async () => {
    const herd = herdWorld();
    await herd.declare(noisy, "noisy");
    await herd.wake(noisy);
    await herd.until(() => herd.served.length === noisy.length && herd.idle());
    expect(herd.steps.refused).toBeLessThanOrEqual(8 * noisy.length);
    expect(herd.steps.tableWrites).toBeLessThanOrEqual(4 * noisy.length);
    expect(herd.steps.refusedWrites).toBeLessThanOrEqual(1.5 * noisy.length);
    expect(await readTraffic(herd.table, "harbor")).toMatchObject({ used: 0, grants: [] });
  });
});

describe("steps that come one after the other, each alone at its cluster", () => {
  it("had a rested cluster's burst each, so that a burst of pushes asked for several times its budget", async () => {
    const budget = { requests: 40, perSecond: 10 };
    const herd = herdWorld({ budget });
    const pushes = names("web", 30);
    await herd.declare(pushes, "default");
    for (const name of pushes) {
      await herd.wake([name]);
      await herd.until(() => herd.served.some(({ application }) => application === name) && herd.idle());
    }
    // What nobody used in the two seconds before.
    expect(herd.requests.length).toBeLessThanOrEqual(budget.perSecond * (herd.now() / 1_000 + 2));
  });
});

describe("a count of those who wait that has sunk below none, for messages came twice", () => {
  it("stayed there, so that a thousand who really waited were not seen and looked again and again", async () => {
    const herd = herdWorld();
    await herd.declare(noisy, "noisy");
    await noteWaiting(herd.table, "harbor", -5_000);
    await herd.wake(noisy);
    await herd.until(() => herd.served.length === noisy.length && herd.idle());
    expect(herd.steps.refused).toBeLessThanOrEqual(8 * noisy.length);
    expect((await readTraffic(herd.table, "harbor")).waiting).toBeGreaterThan(-100);
  });
});

describe("a quiet team beside one with 1,000 queued syncs (F-26)", () => {
  it("waits at most twice as long as alone, whenever it comes", async () => {
    const alone = herdWorld();
    await alone.declare(["quiet"], "quiet");
    await alone.wake(["quiet"]);
    const delay = await alone.until(() => alone.served.length === 1);
    const herd = herdWorld();
    const quiet = names("quiet", 5);
    await herd.declare(noisy, "noisy");
    await herd.declare(quiet, "quiet");
    await herd.wake(noisy);
    for (const name of quiet) {
      await herd.until(() => herd.now() >= quiet.indexOf(name) * 2_345 + 100);
      await herd.wake([name]);
      expect(await herd.until(() => herd.served.some(({ application }) => application === name))).toBeLessThanOrEqual(2 * delay);
    }
    expect(herd.served.length).toBeLessThan(noisy.length);
  });

  // What is kept for it was taken by who saw the traffic as it is, in two tries: beside a hundred workers both were often in vain.
  it("finds what is kept for it though a hundred workers change the traffic all the time", async () => {
    const given = { budget: usualBudget, workers: 100 };
    const alone = herdWorld(given);
    await alone.declare(["quiet"], "quiet");
    await alone.wake(["quiet"]);
    const delay = await alone.until(() => alone.served.length === 1);
    const herd = herdWorld(given);
    const quiet = names("quiet", 60);
    await herd.declare(noisy, "noisy");
    await herd.declare(quiet, "quiet");
    await herd.wake(noisy);
    for (const [turn, name] of quiet.entries()) {
      const at = 100 + turn * 137;
      herd.alarm(at);
      await herd.until(() => herd.now() >= at);
      await herd.wake([name]);
      expect(await herd.until(() => herd.served.some(({ application }) => application === name))).toBeLessThanOrEqual(2 * delay);
    }
  });
});

describe("workers that die with all slots of a cluster", () => {
  it("keep them for a lease time, as long as a waiting message counts, whatever clocks say (F-10, F-12)", async () => {
    const herd = herdWorld();
    await herd.declare(["web"], "default");
    const dead = names("team", 10);
    for (const project of dead)
      void herd
        .newEnvironment()
        .enter({ cluster: "harbor", project, waits: undefined })
        .then(() => dead.pop());
    await herd.until(() => dead.length === 0);
    expect(await readTraffic(herd.table, "harbor")).toMatchObject({ used: 40 });
    await herd.wake(["web"]);
    const took = await herd.until(() => herd.served.length === 1);
    expect(took).toBeGreaterThanOrEqual(60_000);
    expect(took).toBeLessThanOrEqual(120_000);
  });

  // Whoever waited for a cluster that was away forgot whom it had seen: no grant was ever seen unchanged for a lease time, and no probe found a slot.
  it("keep them no longer while the cluster is away: a probe finds one, and that it is back", async () => {
    const herd = herdWorld();
    await herd.declare(["web", "shop"], "default");
    const dead = names("team", 10);
    for (const project of dead)
      void herd
        .newEnvironment()
        .enter({ cluster: "harbor", project, waits: undefined })
        .then(() => dead.pop());
    await herd.until(() => dead.length === 0);
    await holdOff(herd.table, "harbor", { since: 0, reason: "Cluster harbor cannot be reached." });
    await herd.wake(["web", "shop"]);
    const took = await herd.until(() => herd.served.length === 2 && herd.idle());
    expect(took).toBeGreaterThanOrEqual(60_000);
    expect(took).toBeLessThanOrEqual(180_000);
    const after = await readTraffic(herd.table, "harbor");
    expect(after).toMatchObject({ used: 0, grants: [] });
    expect(after).not.toHaveProperty("outage");
  });
});

describe("a cluster that goes away with 1,000 Applications waiting for it (F-36)", () => {
  it("is asked by one of them at a time, and gets a bounded herd when it is back", async () => {
    const away = { from: 1_000, until: 301_000 };
    const tries: number[] = [];
    const herd = herdWorld({
      before: (at) => {
        if (at < away.from || at >= away.until) return;
        tries.push(at);
        throw new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached.");
      },
    });
    await herd.declare(noisy, "noisy");
    await herd.wake(noisy);
    await herd.until(() => herd.served.length === noisy.length);
    const probes = tries.filter((at) => at > away.from + 5_000);
    // A step makes two calls before it knows.
    expect(probes.length).toBeGreaterThan(4);
    expect(probes.length).toBeLessThanOrEqual((2 * (away.until - away.from)) / 30_000);
    expect(herd.mostPerSecond(away.until)).toBeLessThanOrEqual(1_000);
    expect(herd.now() - away.until).toBeLessThanOrEqual(60_000 + 1.3 * least);
    expect(herd.told.filter((event) => event === "cluster-unreachable")).toHaveLength(1);
    expect(herd.told.filter((event) => event === "cluster-back")).toHaveLength(1);
  });
});
