import { describe, expect, it } from "vitest";
import { wish } from "../../../shared/state/wishes.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

describe("a sync of what fetch has not read yet (F-01)", () => {
  // Fetch had died, and until its message came back the sync sent itself another hint with every step, sixteen a second; each put off the sweeper.
  it("sends no hint to itself: fetch does, or the sweeper", async () => {
    const { declare, sync, syncs, renders, state, table } = syncWorld();
    await declare(anApplication());
    await wish(table, "web", { trigger: "manual" }, 0);
    expect(await sync()).toEqual({ done: true });
    expect([...syncs.take(), ...renders.take()]).toEqual([]);
    expect(await state()).toMatchObject({ dueAt: expect.any(Number) });
    expect((await state()).owner).toBeUndefined();
  });

  it("sends none, either, while another revision is fetched that a person asked for", async () => {
    const { declare, commit, settle, sync, syncs, pushes, table } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("a")]);
    await settle();
    await wish(table, "web", { requested: { by: "ada", revision: "v1.0.0", prune: false, dryRun: false }, trigger: "manual" }, 0);
    pushes.take();
    expect(await sync()).toEqual({ done: true });
    expect(syncs.take()).toEqual([]);
    expect(pushes.take()).toMatchObject([{ kind: "application", application: "web" }]);
  });

  it("sends one where a wish came meanwhile", async () => {
    const { world, declare, sync, syncs, table } = syncWorld();
    await declare(anApplication());
    await wish(table, "web", { trigger: "manual" }, 0);
    let held = false;
    const update: typeof table.update = async (...change) => {
      const answer = await table.update(...change);
      if (!held) await wish(table, "web", { trigger: "push" }, 0);
      held = true;
      return answer;
    };
    Object.assign(world, { table: { ...table, update } });
    await sync();
    expect(syncs.take()).toMatchObject([{ application: "web" }]);
  });
});
