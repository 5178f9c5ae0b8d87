import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { leaseTimes } from "../../../shared/state/leases.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { openRestored } from "../../support/restored-world.ts";
import { anApplication, configMap, endJob, job } from "../../support/sync-world.ts";

/** `web` was withdrawn, its objects are gone, and whoever forgot it died before it deleted the item `sk`. */
const halfForgotten = async (sk: string, manifests: readonly Manifest[] = [configMap("settings")]) => {
  const given = await openRestored(anApplication({ finalizers: ["resources-finalizer.argocd.argoproj.io"] }));
  const { table, world, cluster, live, push, synced, minutes, settle, sync, pass } = given;
  await push("web", manifests);
  await synced();
  await minutes(4);
  await wish(table, "web", { removal: "cascade", trigger: "registry" }, world.clock.now());
  const hooks = new Set<string | undefined>();
  const endHook = () => {
    const hook = live("goodbye", "Job");
    if (!hook) return;
    hooks.add(hook.metadata.uid);
    endJob(cluster, "goodbye", "Complete");
  };
  const dying: typeof table.delete = async (key, ...rest) => {
    if (key.sk.startsWith(sk)) throw new Error("killed");
    return table.delete(key, ...rest);
  };
  Object.assign(world, { table: { ...table, delete: dying } });
  await expect(settle(endHook)).rejects.toThrow("killed");
  Object.assign(world, { table });
  expect(await readState(table, "web")).toMatchObject({ forgetting: true, owner: expect.any(String) });
  /** A lease time later, by another worker. */
  const takeOver = async () => {
    const saw = await readState(table, "web");
    pass(leaseTimes.length + leaseTimes.margin);
    return sync("web", saw);
  };
  return { ...given, takeOver, hooks, endHook };
};

describe("an Application whose forgetter died", () => {
  // The removal was begun anew, and that refuses to act on what a restored table says: nobody ever got past it.
  it("F-29: is forgotten by the next one, where the table was restored to that moment", async () => {
    const { table, takeOver, backup, minutes, restore } = await halfForgotten("edge#");
    const then = backup();
    expect(await takeOver()).toEqual({ done: true });
    expect(await readState(table, "web")).toBeUndefined();
    await minutes(5);
    await restore(then);
    await minutes(1);
    expect(await readState(table, "web")).toMatchObject({ forgetting: true });
    expect(await takeOver()).toEqual({ done: true });
    expect(await readState(table, "web")).toBeUndefined();
  });

  it("F-31: is forgotten by the next one, although its cluster is away by now", async () => {
    const { table, takeOver, world } = await halfForgotten("edge#");
    const connect = async () => {
      throw new Failure("ClusterUnreachable", "harbor", "connection refused");
    };
    Object.assign(world, { clusters: { connect } });
    expect(await takeOver()).toEqual({ done: true });
    expect(await readState(table, "web")).toBeUndefined();
  });

  it("F-01: runs no hook again, although nobody knows any more that it ran", async () => {
    const hook = job("goodbye", {
      annotations: { "argocd.argoproj.io/hook": "PostDelete", "argocd.argoproj.io/hook-delete-policy": "HookSucceeded" },
    });
    const { table, takeOver, hooks, endHook } = await halfForgotten("spec", [configMap("settings"), hook]);
    expect(await takeOver()).toEqual({ done: true });
    endHook();
    expect(hooks.size).toBe(1);
    expect(await readState(table, "web")).toBeUndefined();
  });
});
