import { describe, expect, it } from "vitest";
import { type ScanWorld, scanHandler } from "../../../functions/scan/handler.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { readClusterFacts } from "../../../shared/state/clusters.ts";
import { readEpoch } from "../../../shared/state/epochs.ts";
import { groupsOf, leaveGroups } from "../../../shared/state/groups.ts";
import type { PushMessage } from "../../../shared/state/messages.ts";
import { readRef } from "../../../shared/state/refs.ts";
import { readRepository } from "../../../shared/state/repositories.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { driftDefaults } from "../../support/drift-world.ts";
import { anApplication, syncWorld } from "../../support/sync-world.ts";

const repository = "git.example.com/web";
const ref = "refs/heads/main";

const scanWorld = (change: Partial<ScanWorld> = {}) => {
  const synced = syncWorld();
  const pushes = memoryQueue<PushMessage>();
  let head = "a".repeat(40);
  const world: ScanWorld = {
    ...synced.world,
    ...driftDefaults,
    pushes,
    clusterNames: async () => ["harbor"],
    declareControl: async () => "unchanged",
    pollSeconds: () => undefined,
    listRefs: async () => ({ head: ref, refs: new Map([[ref, head]]) }),
    resolve: (_, { refs }) => {
      const sha = refs.get(ref);
      return sha === undefined ? undefined : { sha, ref };
    },
    ...change,
  };
  return { ...synced, pushes, scan: scanHandler(world), move: (sha: string) => (head = sha.repeat(40)) };
};

describe("the scan function", () => {
  it("sweeps although the installation file names a cluster that nobody knows", async () => {
    const declareControl = () => Promise.reject(new Failure("DestinationUnknown", "in-cluster", "no default cluster is known"));
    const { declare, scan, pass, pushes, told } = scanWorld({ declareControl });
    await declare(anApplication());
    pass(60_000);
    await scan({ scan: "sweep" });
    expect(pushes.take()).toHaveLength(1);
    expect(told.map(({ event }) => event)).toContain("control-not-declared");
  });

  // Only sweeps raised the mark by which a restore is seen: while they did not come, a restore went unseen.
  it.each(["sweep", "poll", "drift"])(
    "raises the mark by which a restored table is recognised with each %s, where no other came (F-33)",
    async (event) => {
      const { scan, table, pass } = scanWorld();
      await scan({ scan: event });
      const first = await readEpoch(table);
      pass(120_000);
      await scan({ scan: event });
      expect([first?.mark, (await readEpoch(table))?.mark]).toEqual([1, 2]);
    },
  );

  it("ends the scan of every cluster before it tells of one that broke in a way nobody expected", async () => {
    const base = syncWorld();
    const clusters = {
      connect: async (name: string) => {
        if (name === "broken") throw new TypeError("this is a mistake of ours");
        await Promise.resolve();
        return base.cluster;
      },
    };
    const { scan, table } = scanWorld({ clusters, clusterNames: async () => ["broken", "harbor"] });
    await expect(scan({ scan: "drift" })).rejects.toThrow("a mistake of ours");
    expect(await readClusterFacts(table, "harbor")).toMatchObject({ reachable: true });
  });

  it("polls a repository as often as its connection asks, however often the schedule fires", async () => {
    const asked: string[] = [];
    const { declare, scan, pass } = scanWorld({
      pollSeconds: () => 600,
      listRefs: async (url) => {
        asked.push(url);
        return { refs: new Map() };
      },
    });
    await declare(anApplication());
    for (let minute = 0; minute < 20; minute++) {
      await Promise.all([scan({ scan: "poll" }), scan({ scan: "poll" })]);
      pass(60_000);
    }
    expect(asked).toHaveLength(3);
  });

  it("finds a push whose webhook never came, once", async () => {
    const { declare, scan, pushes, table, move } = scanWorld();
    await declare(anApplication());
    await scan({ scan: "poll" });
    await scan({ scan: "poll" });
    expect(pushes.take()).toEqual([{ v: 1, kind: "ref", repository, ref }]);
    const read = await readRef(table, repository, ref);
    expect(read).toMatchObject({ wanted: 1, after: "a".repeat(40) });
    await table.update({ pk: `repo#${repository}`, sk: `ref#${ref}` }, { set: { done: 1, head: "a".repeat(40) } });
    await scan({ scan: "poll" });
    expect(pushes.take()).toEqual([]);
    move("b");
    await scan({ scan: "poll" });
    expect(pushes.take()).toHaveLength(1);
  });

  it("asks for refs beside branches and tags where an Application follows one", async () => {
    const asked: (readonly string[])[] = [];
    const { declare, scan } = scanWorld({
      listRefs: async (_, also) => {
        asked.push(also);
        return { head: ref, refs: new Map() };
      },
    });
    const sources = ["main", "refs/tags/v1", "refs/pull/7/head"].map((targetRevision) => ({
      repoURL: "https://git.example.com/web.git",
      targetRevision,
      path: "deploy",
    }));
    await declare(anApplication({ sources }));
    await scan({ scan: "poll" });
    expect(asked).toEqual([["refs/pull/7/head"]]);
  });

  it("polls the other repositories when one host answers with nonsense", async () => {
    const { declare, scan, pushes, told } = scanWorld({
      listRefs: async (url) => {
        if (url.includes("web")) throw new TypeError("cannot read this");
        return { head: ref, refs: new Map([[ref, "a".repeat(40)]]) };
      },
    });
    await declare(anApplication());
    await declare(
      anApplication({ name: "other", sources: [{ repoURL: "https://git.example.com/other.git", targetRevision: "main", path: "." }] }),
    );
    await scan({ scan: "poll" });
    expect(pushes.take()).toEqual([{ v: 1, kind: "ref", repository: "git.example.com/other", ref }]);
    expect(told.map(({ event }) => event)).toContain("repository-unreachable");
  });

  it("tells once that a repository cannot be read, and once that it can again", async () => {
    let away = true;
    const { declare, scan, told, table, pass } = scanWorld({
      pollSeconds: () => 60,
      listRefs: async (url) => {
        if (away) throw new Failure("RepositoryUnreachable", url, `Reading ${url} failed: connect ECONNREFUSED.`);
        return { head: ref, refs: new Map() };
      },
    });
    const outage = async () => (await readRepository(table, repository))?.outage;
    const events = () => told.map(({ event }) => event).filter((event) => event.startsWith("repository-"));
    await declare(anApplication());
    for (let minute = 0; minute < 3; minute++) {
      await scan({ scan: "poll" });
      pass(60_000);
    }
    expect(events()).toEqual(["repository-unreachable"]);
    const began = 1_700_000_000_000;
    expect(await outage()).toEqual({
      since: began,
      reason: "Reading https://git.example.com/web.git failed: connect ECONNREFUSED.",
      triedAt: began + 120_000,
      nextAt: began + 180_000,
    });
    // Another Application that is declared meanwhile must not hide it.
    await declare(anApplication({ name: "other" }));
    expect(await outage()).toBeDefined();
    away = false;
    await scan({ scan: "poll" });
    pass(60_000);
    await scan({ scan: "poll" });
    expect(events()).toEqual(["repository-unreachable", "repository-back"]);
    expect(told.at(-1)?.facts).toEqual({ repository, downSeconds: 180 });
    expect(await outage()).toBeUndefined();
  });

  it("follows a repository no longer than somebody does", async () => {
    const { declare, scan, table } = scanWorld();
    await declare(anApplication());
    await scan({ scan: "poll" });
    expect(await readRepository(table, repository)).toBeDefined();
    await leaveGroups(table, "web", groupsOf(anApplication()));
    await scan({ scan: "poll" });
    expect(await readRepository(table, repository)).toBeUndefined();
  });
});
