import { describe, expect, it } from "vitest";
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
import { memoryTable } from "../../fakes/memory-table.ts";
import { applicationAt } from "../../support/fetch-world.ts";

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
    await leaveGroups(table, applicationAt("one", "deploy"));
    expect(await applicationsOfGroup(table, await only())).toEqual(["two"]);
    await leaveGroups(table, applicationAt("two", "deploy"));
    expect(await Array.fromAsync(groupsOfRepository(table, repository))).toEqual([]);
  });

  it("is not brought back by a fetch that was still at work when its last Application left", async () => {
    const { table, only } = await joined("one");
    const group = await only();
    await leaveGroups(table, applicationAt("one", "deploy"));
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
