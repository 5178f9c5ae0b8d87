import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { readTraffic } from "../../shared/state/slots.ts";
import type { NextStep } from "../../shared/sync/outcome.ts";
import { syncApplication } from "../../shared/sync/sync-application.ts";
import { anApplication, configMap, syncWorld } from "../support/sync-world.ts";

let folder: string;
let controlPlane: ControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-herd-"));
  controlPlane = await startControlPlane({ name: "herd", folder });
  const address = { name: "harbor", server: new URL(controlPlane.server), ca: controlPlane.ca, allowLoopback: true };
  cluster = openCluster(address, { token: async () => controlPlane.token });
});
afterAll(async () => {
  await cluster?.close();
  await controlPlane?.stop();
  await rm(folder, { recursive: true, force: true });
});

const names = Array.from({ length: 30 }, (_, at) => `web-${at}`);

describe("30 Applications at an API server that stops and comes back (F-36)", () => {
  it("leave it alone but for one that looks, and are all there when it is back", async () => {
    let calls = 0;
    const counted: Cluster = new Proxy(cluster, {
      get: (target, name, receiver) => {
        if (name === "get" || name === "list") calls += 1;
        return Reflect.get(target, name, receiver);
      },
    });
    const { world, declare, commit, pass, told, state } = syncWorld({
      clusters: { connect: async () => counted },
      pause: (milliseconds) => wait(Math.min(milliseconds, 50)),
    });
    const destination = { name: "harbor", namespace: "default" };
    for (const name of names) {
      await declare(anApplication({ name, destination }));
      await commit(name, [configMap(name)]);
    }
    const next = new Map<string, NextStep>();
    const round = async (): Promise<void> => {
      await Promise.all(
        names.map(async (name) => {
          const before = next.get(name);
          next.set(name, await syncApplication(before && !before.done ? before.again : { v: 1, application: name }, world));
        }),
      );
      pass(60_000);
    };
    await cluster.discover();
    await controlPlane.stopApiServer();
    await round();
    expect(await readTraffic(world.table, "harbor")).toMatchObject({ outage: { reason: expect.stringContaining("cannot be reached") } });
    // Those that were let in before anybody knew have had their try.
    calls = 0;
    for (let minute = 0; minute < 4; minute++) await round();
    expect(calls).toBeLessThanOrEqual(4 * 3);
    expect(told.filter(({ event }) => event === "cluster-unreachable")).toHaveLength(1);

    await controlPlane.startApiServer();
    const synced = async () => (await Promise.all(names.map(state))).filter(({ phase }) => phase === "Succeeded").length;
    for (let minute = 0; minute < 10 && (await synced()) < names.length; minute++) await round();
    expect(await synced()).toBe(names.length);
    expect(told.filter(({ event }) => event === "cluster-back")).toHaveLength(1);
    expect(await readTraffic(world.table, "harbor")).toMatchObject({ used: 0, grants: [] });
    for (const name of names)
      expect(await cluster.get({ apiVersion: "v1", kind: "ConfigMap", namespace: "default", name })).toMatchObject({ state: "found" });
  });
});
