import { describe, expect, it } from "vitest";
import type { Artifacts } from "../../../shared/ports/artifacts.ts";
import { currentEpoch, raiseMark, readEpoch } from "../../../shared/state/epochs.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";
import { restoreTable } from "../../support/table-backup.ts";

const open = () => {
  const table = memoryTable();
  const artifacts = memoryArtifacts();
  const told: object[] = [];
  let now = 1_700_000_000_000;
  const world = {
    table,
    artifacts,
    clock: { now: () => now },
    journal: { tell: (event: string, facts: object) => void told.push({ event, ...facts }) },
  };
  return {
    world,
    table,
    artifacts,
    told,
    pass: (milliseconds: number) => (now += milliseconds),
    minutes: async (count: number) => {
      for (let minute = 0; minute < count; minute++) {
        await raiseMark(world);
        now += 60_000;
      }
    },
  };
};

describe("an epoch", () => {
  it("is the first where nothing was ever restored, and costs a write every two minutes", async () => {
    const { world, table, artifacts, minutes } = open();
    expect(await currentEpoch(world)).toBe(1);
    expect(table.writes).toBe(0);
    await minutes(20);
    expect(await currentEpoch(world)).toBe(1);
    expect(table.writes).toBe(10);
    expect(artifacts.keys).toEqual(Array.from({ length: 10 }, (_, at) => `epochs/1/${at + 1}`));
  });

  it.each([3, 5, 60, 7 * 24 * 60])("F-29: ends when the table is restored to %d minutes ago", async (age) => {
    const { world, table, told, minutes } = open();
    await minutes(10);
    const backup = table.items();
    await minutes(age);
    await restoreTable(table, backup);
    expect(await Promise.all([currentEpoch(world), currentEpoch(world)])).toEqual([2, 2]);
    expect(await currentEpoch(world)).toBe(2);
    expect(told).toEqual([{ event: "table-restored", epoch: 2, lost: false }]);
  });

  it("F-30: ends when the table is lost", async () => {
    const { world, table, told, minutes } = open();
    await minutes(10);
    await restoreTable(table);
    expect(await currentEpoch(world)).toBe(2);
    expect(told).toEqual([{ event: "table-restored", epoch: 2, lost: true }]);
    await minutes(10);
    expect(await currentEpoch(world)).toBe(2);
  });

  it("never comes twice, whatever backup is taken", async () => {
    const { world, table, minutes } = open();
    await minutes(5);
    const first = table.items();
    await minutes(5);
    await restoreTable(table, first);
    await minutes(5);
    const second = table.items();
    await minutes(5);
    for (const [backup, epoch] of [
      [second, 3],
      [first, 4],
      [second, 5],
      [[], 6],
    ] as const) {
      await restoreTable(table, backup);
      expect(await currentEpoch(world)).toBe(epoch);
      await minutes(3);
    }
  });

  // While the sweeper did not come, syncs went on, and a restore to a time between showed in nothing.
  it("F-33: ends when the table goes back to before a sync, though no sweep came since the mark before", async () => {
    const { world, table, minutes, pass } = open();
    await minutes(3);
    const backup = table.items();
    pass(5 * 60_000);
    expect(await currentEpoch(world)).toBe(1);
    await restoreTable(table, backup);
    expect(await currentEpoch(world)).toBe(2);
  });

  it("F-33: goes on when the schedule fires twice at once, or not at all for a day", async () => {
    const { world, table, artifacts, minutes, pass } = open();
    await minutes(3);
    pass(86_400_000);
    await Promise.all([raiseMark(world), raiseMark(world), raiseMark(world)]);
    const { mark = 0 } = (await readEpoch(table)) ?? {};
    expect(artifacts.keys).toEqual(Array.from({ length: mark }, (_, at) => `epochs/1/${at + 1}`));
    expect(await currentEpoch(world)).toBe(1);
  });

  it("F-30: ends when the table is lost just as the mark is raised, instead of being marked as if it were the first", async () => {
    const { world, table, told, minutes } = open();
    await minutes(2);
    const between = interruptedTable(table, 1, () => restoreTable(table));
    await raiseMark({ ...world, table: between.table });
    expect(await currentEpoch(world)).toBe(2);
    expect(told).toEqual([{ event: "table-restored", epoch: 2, lost: true }]);
  });

  it("F-29: ends when the table is restored by one mark just as the next is raised, which the bucket has already", async () => {
    const { world, table, told, minutes } = open();
    await minutes(4);
    const backup = table.items();
    await minutes(2);
    const between = interruptedTable(table, 1, () => restoreTable(table, backup));
    await raiseMark({ ...world, table: between.table });
    expect(await currentEpoch(world)).toBe(2);
    expect(told).toEqual([{ event: "table-restored", epoch: 2, lost: false }]);
  });

  it("does not end because the mark rises while somebody looks", async () => {
    const { world, table, told, minutes, pass } = open();
    await minutes(3);
    pass(120_000);
    const between = interruptedTable(table, 1, () => raiseMark(world));
    expect(await currentEpoch({ ...world, table: between.table })).toBe(1);
    expect(told).toEqual([]);
  });

  it("leaves no gap in the bucket when whoever raises the mark dies between table and bucket", async () => {
    const { world, table, artifacts, minutes, pass } = open();
    await minutes(3);
    const dying: Artifacts = { ...world.artifacts, put: async () => Promise.reject(new Error("killed")) };
    const backup = table.items();
    for (let tries = 0; tries < 3; tries++) {
      pass(120_000);
      await expect(raiseMark({ ...world, artifacts: dying })).rejects.toThrow("killed");
    }
    expect(await currentEpoch(world)).toBe(1);
    await minutes(4);
    const { mark = 0 } = (await readEpoch(table)) ?? {};
    expect(artifacts.keys).toEqual(Array.from({ length: mark }, (_, at) => `epochs/1/${at + 1}`));
    await restoreTable(table, backup);
    expect(await currentEpoch(world)).toBe(2);
  });

  it.each(["first", "second"])(
    "ends when the table goes back a minute after whoever raised the %s mark died before the bucket had it",
    async (nth) => {
      const { world, table, minutes, pass } = open();
      if (nth === "second") await minutes(2);
      const backup = table.items();
      const dying: Artifacts = { ...world.artifacts, put: async () => Promise.reject(new Error("killed")) };
      await expect(raiseMark({ ...world, artifacts: dying })).rejects.toThrow("killed");
      pass(60_000);
      await raiseMark(world);
      await restoreTable(table, backup);
      expect(await currentEpoch(world)).toBe(2);
    },
  );

  it("begins in the table of an installation that is older than epochs", async () => {
    const { world, table, minutes } = open();
    await table.put({ pk: "apps", sk: "web", v: 1 });
    expect(await currentEpoch(world)).toBe(1);
    await minutes(1);
    expect(await readEpoch(table)).toMatchObject({ epoch: 1, mark: 1 });
  });
});
