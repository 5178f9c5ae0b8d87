import { describe, expect, it } from "vitest";
import { readState } from "../../../shared/state/application-state.ts";
import { acquireLease, leaseTimes, releaseLease } from "../../../shared/state/leases.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const world = () => {
  const table = memoryTable([{ pk: "app#web", sk: "state", v: 1, desiredGeneration: 1, dueAt: 1, dueShard: 1 }]);
  let now = 0;
  const state = async () => {
    const read = await readState(table, "web");
    if (!read) throw new Error("no state of web");
    return read;
  };
  const acquire = async (owner: string, saw?: { readonly fence: number; readonly beat: number }) =>
    acquireLease(table, { application: "web", owner, saw, elapsed: () => now }, await state());
  const hold = async (owner: string, saw?: { readonly fence: number; readonly beat: number }) => {
    const acquired = await acquire(owner, saw);
    if (acquired.state !== "ours") throw new Error(`${owner} did not get the lease`);
    return acquired.lease;
  };
  return { table, state, acquire, hold, pass: (ms: number) => (now += ms) };
};

describe("a lease", () => {
  it("goes to one of two who ask at once", async () => {
    const { acquire } = world();
    const answers = await Promise.all([acquire("one"), acquire("two")]);
    expect(answers.map(({ state }) => state).toSorted()).toEqual(["held", "ours"]);
  });

  it("is told with the fence and beat to wait for while another holds it", async () => {
    const { acquire, hold } = world();
    await hold("one");
    expect(await acquire("two")).toEqual({ state: "held", saw: { fence: 1, beat: 1 } });
  });

  it("is taken over only where nothing moved since it was seen", async () => {
    const { acquire, hold, pass } = world();
    const lease = await hold("one");
    const saw = { fence: 1, beat: 1 };
    pass(leaseTimes.beatEvery);
    await lease.keep();
    expect(await acquire("two", saw)).toEqual({ state: "held", saw: { fence: 1, beat: 2 } });
    expect(await acquire("two", { fence: 1, beat: 2 })).toMatchObject({ state: "ours", lease: { fence: 2 } });
  });

  it("is lost to its holder when it was taken over: neither beat nor outcome is written (F-09)", async () => {
    const { table, hold, state, pass } = world();
    const lost = await hold("one");
    await hold("two", { fence: 1, beat: 1 });
    pass(leaseTimes.beatEvery);
    await expect(lost.keep()).rejects.toMatchObject({ code: "LeaseLost" });
    await expect(releaseLease(table, lost, { set: { phase: "Succeeded" } }, 1)).rejects.toMatchObject({ code: "LeaseLost" });
    expect(await state()).toMatchObject({ owner: "two", fence: 2 });
  });

  it("beats once for many requests that go side by side", async () => {
    const { table, hold, pass } = world();
    const lease = await hold("one");
    const before = table.writes;
    await Promise.all([lease.keep(), lease.keep()]);
    expect(table.writes).toBe(before);
    pass(leaseTimes.beatEvery);
    await Promise.all(Array.from({ length: 64 }, () => lease.keep()));
    expect(table.writes).toBe(before + 1);
  });

  it("is given back together with the outcome, and what the outcome no longer has is gone", async () => {
    const { table, hold, state } = world();
    await releaseLease(table, await hold("one"), { set: { phase: "Failed", reason: "denied", retryAt: 7 } }, 1);
    await releaseLease(table, await hold("two"), { set: { phase: "Succeeded", reason: undefined, retryAt: undefined } }, 1);
    const after = await state();
    expect(after).toMatchObject({ phase: "Succeeded", fence: 2 });
    expect(after).not.toHaveProperty("owner");
    expect(after).not.toHaveProperty("reason");
    expect(after).not.toHaveProperty("retryAt");
  });

  it("leaves a wish alone that came while another was being served, and says so", async () => {
    const { table, hold, state } = world();
    const lease = await hold("one");
    await wish(table, "web", { requested: { by: "ada", prune: false, dryRun: false }, trigger: "manual" }, 1_000);
    const served = { set: { phase: "Succeeded", observedGeneration: 1 }, remove: ["requested", "dueAt", "dueShard"] };
    const after = await releaseLease(table, lease, served, 1);
    expect(after).toMatchObject({ desiredGeneration: 2, observedGeneration: 1, requested: { by: "ada" }, dueAt: 61_000 });
    expect(await state()).not.toHaveProperty("owner");
  });
});
