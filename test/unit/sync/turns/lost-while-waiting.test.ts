import { expect, it } from "vitest";
import { readState } from "../../../../shared/state/application-state.ts";
import { acquireLease, leaseTimes } from "../../../../shared/state/leases.ts";
import { anApplication, configMap, syncWorld } from "../../../support/sync-world.ts";

// The lease was checked before the wait for a turn: what was written then was written by a worker that another one had taken over from.
it("a call whose lease is lost while it waits for its turn is not made", async () => {
  let callsThen: number | undefined;
  const world: ReturnType<typeof syncWorld> = syncWorld({
    pause: async () => {
      const state = await readState(world.table, "web");
      if (callsThen !== undefined || state?.owner === undefined || !world.cluster.calls.some((call) => call.startsWith("apply"))) return;
      world.pass(leaseTimes.beatEvery);
      const saw = { fence: state.fence, beat: state.beat };
      callsThen = -1;
      const taken = await acquireLease(world.table, { application: "web", owner: "another", saw, elapsed: () => 0 }, state);
      expect(taken.state).toBe("ours");
      callsThen = world.cluster.calls.length;
    },
  });
  await world.declare(anApplication());
  await world.commit(
    "web",
    Array.from({ length: 600 }, (_, index) => configMap(`settings-${index}`)),
  );
  await world.sync();
  expect(world.told.map(({ event }) => event)).toContain("lease-lost");
  expect(callsThen).toBeGreaterThan(0);
  expect(world.cluster.calls).toHaveLength(callsThen ?? 0);
});
