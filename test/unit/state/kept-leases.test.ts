import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { Table, WriteResult } from "../../../shared/ports/table.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { acquireLease, type Lease, leaseTimes, releaseLease } from "../../../shared/state/leases.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

/** A table that is away when it is told to be, or whose answers are lost: then the client asks again, as the SDK does. */
const troubled = () => {
  const table = memoryTable([{ pk: "app#web", sk: "state", v: 1, desiredGeneration: 1, dueAt: 1, dueShard: 1 }]);
  let trouble: "away" | "answer lost" | undefined;
  const update: Table["update"] = async (...request): Promise<WriteResult> => {
    if (trouble === "away") throw new Failure("TableUnavailable", "table", "the table is throttled");
    const answer = await table.update(...request);
    return trouble === "answer lost" ? table.update(...request) : answer;
  };
  let now = 0;
  const elapsed = () => now;
  const acquire = async (owner: string, saw?: { readonly fence: number; readonly beat: number }) => {
    const before = await readState(table, "web");
    if (!before) throw new Error("no state of web");
    return acquireLease({ ...table, update }, { application: "web", owner, saw, elapsed }, before);
  };
  const hold = async (owner: string): Promise<Lease> => {
    const acquired = await acquire(owner);
    if (acquired.state !== "ours") throw new Error(`${owner} did not get the lease`);
    return acquired.lease;
  };
  return {
    table: { ...table, update },
    acquire,
    hold,
    elapsed,
    state: () => readState(table, "web"),
    pass: (ms: number) => (now += ms),
    is: (what: typeof trouble) => {
      trouble = what;
    },
  };
};

describe("a lease whose beats fail (F-11)", () => {
  it("lets its holder go on while nobody else can have taken it over", async () => {
    const { hold, pass, is } = troubled();
    const lease = await hold("one");
    is("away");
    pass(leaseTimes.borne - 1);
    await lease.keep();
  });

  it("lets its holder begin nothing more when that time is over (F-09)", async () => {
    const { hold, pass, is } = troubled();
    const lease = await hold("one");
    is("away");
    pass(leaseTimes.borne);
    await expect(lease.keep()).rejects.toMatchObject({ code: "TableUnavailable" });
    is(undefined);
    await lease.keep();
  });

  it("is as old as its last write's beginning, not as that one's answer: others count from when it came to be", async () => {
    const { table, state, elapsed, pass, is } = troubled();
    const slow: Table = {
      ...table,
      update: async (...request) => {
        const answer = await table.update(...request);
        pass(20_000);
        return answer;
      },
    };
    const before = await state();
    if (!before) throw new Error("no state of web");
    const acquired = await acquireLease(slow, { application: "web", owner: "one", elapsed }, before);
    if (acquired.state !== "ours") throw new Error("it is free, and was not given");
    is("away");
    pass(leaseTimes.borne - 20_000);
    await expect(acquired.lease.keep()).rejects.toMatchObject({ code: "TableUnavailable" });
  });

  it("has ended whatever was begun in time before another may take over", () => {
    const longestRequest = 30_000;
    const waitingForItsTurn = 30_000;
    expect(leaseTimes.borne + waitingForItsTurn + longestRequest).toBeLessThanOrEqual(leaseTimes.length + leaseTimes.margin);
    expect(longestRequest).toBeLessThanOrEqual(leaseTimes.margin);
  });
});

describe("a write whose answer was lost (F-06)", () => {
  // The client asked again by itself and found the Application held, by itself: it waited a lease time for itself to die.
  it("is the lease all the same", async () => {
    const { acquire, is } = troubled();
    is("answer lost");
    expect(await acquire("one")).toMatchObject({ state: "ours", lease: { fence: 1 } });
  });

  it("is no lease where another one won", async () => {
    const { acquire, hold, is } = troubled();
    await hold("one");
    is("answer lost");
    expect(await acquire("two")).toMatchObject({ state: "held" });
  });

  // The holder thought that it had lost its lease, and left the next hint to the sweeper.
  it("gave the lease back all the same, and says what stands there", async () => {
    const { table, hold, state, is } = troubled();
    const lease = await hold("one");
    is("answer lost");
    const set = { phase: "Succeeded", observedGeneration: 1 };
    expect(await releaseLease(table, lease, { set, remove: ["dueAt", "dueShard"] }, 1)).toMatchObject({ phase: "Succeeded" });
    expect((await state())?.owner).toBeUndefined();
  });

  it("does not give back what somebody else has taken meanwhile", async () => {
    const { table, acquire, hold } = troubled();
    const lease = await hold("one");
    await acquire("two", { fence: 1, beat: 1 });
    await expect(releaseLease(table, lease, { set: { phase: "Succeeded" } }, 1)).rejects.toMatchObject({ code: "LeaseLost" });
  });
});
