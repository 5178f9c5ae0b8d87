import { describe, expect, it } from "vitest";
import { acquireLease, releaseLease } from "../../../shared/state/leases.ts";
import { renew } from "../../../shared/state/renewal.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { openRestored } from "../../support/restored-world.ts";
import { configMap } from "../../support/sync-world.ts";

describe("F-29: a holder of the lease, where the table was restored to five minutes ago", () => {
  it("fences off a holder from before, although the backup names it as the holder", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a")]);
    const request = { application: "web", owner: "zombie", elapsed: world.world.clock.elapsed };
    const acquired = await acquireLease(world.table, request, await world.state());
    if (acquired.state !== "ours") throw new Error(acquired.state);
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.restore(backup);
    expect(await renew(world.table, "web", { state: await world.state(), epoch: 2, at: 0 })).toBe(true);
    expect(await world.state()).toMatchObject({ owner: "zombie", fence: 2_000_000_000 });
    world.pass(20_000);
    await expect(acquired.lease.keep()).rejects.toMatchObject({ code: "LeaseLost" });
    await expect(releaseLease(world.table, acquired.lease, { set: { phase: "Succeeded" } }, 1)).rejects.toMatchObject({
      code: "LeaseLost",
    });
    // Its last requests may still be on their way: the next one waits a lease time, as after any death.
    await world.fetchAll();
    await wish(world.table, "web", { sourceError: undefined }, 0);
    expect(await world.sync()).toMatchObject({ done: false, again: { saw: { fence: 2_000_000_000 } } });
  });

  it("keeps a holder that looked before the restore from pruning after it", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a"), configMap("b")]);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.push("web", [configMap("a")]);
    const { fingerprintKey } = world.world;
    Object.assign(world.world, {
      fingerprintKey: async () => {
        await world.restore(backup);
        Object.assign(world.world, { fingerprintKey });
        return "key";
      },
    });
    await world.sync();
    expect(world.names()).toEqual(["a", "b"]);
    await world.minute();
    await world.synced();
    await world.scan();
    await world.synced();
    expect(world.names()).toEqual(["a"]);
  });
});
