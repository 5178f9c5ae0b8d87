import { describe, expect, it } from "vitest";
import type { Application } from "../../../shared/model/application.ts";
import type { Table } from "../../../shared/ports/table.ts";
import {
  admitReach,
  applicationsOfGroup,
  groupsOf,
  groupsOfRepository,
  joinGroups,
  leaveGroups,
  recordReach,
  type SourceGroup,
} from "../../../shared/state/groups.ts";
import { dropRepository, followedRepositories, readRepository } from "../../../shared/state/repositories.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { applicationAt } from "../../support/fetch-world.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";

const repository = "git.example.com/team/config";

const joined = async (...names: readonly string[]) => {
  const table = memoryTable();
  for (const name of names) await joinGroups(table, applicationAt(name, "deploy"));
  const only = async (): Promise<SourceGroup> => {
    const [group, ...others] = await Array.fromAsync(groupsOfRepository(table, repository));
    if (!group || others.length > 0) throw new Error(`there are ${others.length + (group ? 1 : 0)} groups instead of one`);
    return group;
  };
  return { table, only };
};

const leave = (table: Table, application: Application) => leaveGroups(table, application.name, groupsOf(application));

describe("a group of Applications with equal sources", () => {
  it("is one for all that share a repository, revision and path", async () => {
    const { table, only } = await joined("one", "two", "three");
    expect((await applicationsOfGroup(table, await only())).toSorted()).toEqual(["one", "three", "two"]);
  });

  it("is another one where a path or an option differs", () => {
    const ids = [
      applicationAt("a", "deploy"),
      applicationAt("b", "deploy/b"),
      applicationAt("c", "deploy", { directory: { recurse: true } }),
    ];
    expect(new Set(ids.flatMap(groupsOf).map(({ id }) => id)).size).toBe(3);
  });

  it("goes with its last Application, and not before", async () => {
    const { table, only } = await joined("one", "two");
    await leave(table, applicationAt("one", "deploy"));
    expect(await applicationsOfGroup(table, await only())).toEqual(["two"]);
    await leave(table, applicationAt("two", "deploy"));
    expect(await Array.fromAsync(groupsOfRepository(table, repository))).toEqual([]);
  });

  it("is not brought back by a fetch that was still at work when its last Application left", async () => {
    const { table, only } = await joined("one");
    const group = await only();
    await leave(table, applicationAt("one", "deploy"));
    await recordReach(table, group, { sha: "a", reach: { deploy: "tree" } });
    await admitReach(table, group, "one", { sha: "a", reach: { deploy: "tree" } });
    expect(await Array.fromAsync(groupsOfRepository(table, repository))).toEqual([]);
  });

  it("watches what a newcomer looked at, too", async () => {
    const { table, only } = await joined("one", "two");
    await recordReach(table, await only(), { sha: "a", reach: { deploy: "tree" } });
    await admitReach(table, await only(), "two", { sha: "a", reach: { deploy: "tree", shared: "base" } });
    expect((await only()).reach).toEqual({ deploy: "tree", shared: "base" });
  });

  it("is evaluated with the next push where a newcomer saw other content than the others", async () => {
    const { table, only } = await joined("one", "two");
    await recordReach(table, await only(), { sha: "a", reach: { deploy: "tree" } });
    await admitReach(table, await only(), "two", { sha: "b", reach: { deploy: "newer tree" } });
    const { reach, sha } = await only();
    expect(sha).toBeUndefined();
    expect(["tree", "newer tree"]).not.toContain(reach?.deploy);
  });

  it("is evaluated with every push where what it reaches is too much for an item", async () => {
    const { table, only } = await joined("one");
    const reach = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`deploy/file-${index}.yaml`, "a".repeat(40)]));
    await recordReach(table, await only(), { sha: "a", reach: { deploy: "tree" } });
    await recordReach(table, await only(), { sha: "b", reach });
    expect(await only()).toMatchObject({ reach: undefined, sha: undefined });
    await recordReach(table, await only(), { sha: "c", reach: { deploy: "tree" } });
    await admitReach(table, await only(), "one", { sha: "c", reach });
    expect(await only()).toMatchObject({ reach: undefined, sha: undefined });
  });
});

describe("a group that one Application leaves while another joins", () => {
  const leaver = applicationAt("one", "deploy");
  const joiner = applicationAt("two", "deploy");
  const standing = async (table: ReturnType<typeof memoryTable>) => {
    const groups = await Array.fromAsync(groupsOfRepository(table, repository));
    return Promise.all(groups.map((group) => applicationsOfGroup(table, group)));
  };

  it.each([
    ["leaving", leave, leaver, joinGroups, joiner],
    ["joining", joinGroups, joiner, leave, leaver],
  ])("stands with the one that joined, whichever moment of %s it happens at", async (_, slowly, slow, atOnce, quick) => {
    for (let at = 1; ; at++) {
      const { table } = await joined("one");
      const between = interruptedTable(table, at, () => atOnce(table, quick));
      await slowly(between.table, slow);
      if (between.calls() < at) break;
      expect(await standing(table), `after call ${at}`).toEqual([["two"]]);
    }
  });

  it("keeps its repository, whichever moment the poller finds nobody at", async () => {
    for (let at = 1; ; at++) {
      const { table } = await joined("one");
      await leave(table, leaver);
      const drop = async (seen: typeof table) => {
        for await (const followed of followedRepositories(seen)) {
          const groups = await Array.fromAsync(groupsOfRepository(seen, followed.repository));
          if (groups.length === 0) await dropRepository(seen, followed);
        }
      };
      const between = interruptedTable(table, at, () => joinGroups(table, joiner));
      await drop(between.table);
      if (between.calls() < at) break;
      expect(await readRepository(table, repository), `after call ${at}`).toMatchObject({ repository });
    }
  });
});
