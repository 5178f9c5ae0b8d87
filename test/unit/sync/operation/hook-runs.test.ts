import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { wish } from "../../../../shared/state/wishes.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = { annotations: { "argocd.argoproj.io/hook": "PreSync" } };
const generated: Manifest = { ...job("", hook), metadata: { name: "", generateName: "migrate-", ...hook } };

const jobsOf = ({ cluster }: ReturnType<typeof syncWorld>) =>
  cluster.objects().flatMap(({ kind, metadata }) => (kind === "Job" ? [metadata.name] : []));

describe("a hook named by generateName", () => {
  it("ran a second time when a commit arrived while it was at work: it is named by the revision that its operation goes to", async () => {
    const given = syncWorld();
    await given.declare(anApplication());
    await given.commit("web", [configMap("settings"), generated], "a".repeat(40));
    await given.sync();
    const first = "migrate-aaaaaaa-presync-1700000000";
    expect(jobsOf(given)).toEqual([first]);
    await given.commit("web", [configMap("settings", { v: "2" }), generated], "b".repeat(40));
    for (let step = 0; step < 3; step++) {
      given.pass(5_000);
      await given.sync();
      expect(jobsOf(given)).toEqual([first]);
    }
    expect((await given.state()).reason).toContain(`waiting for Job production/${first}`);
    endJob(given.cluster, first, "Complete");
    given.pass(60_000);
    await given.sync();
    await given.sync();
    expect(jobsOf(given)).toEqual([first, expect.stringMatching(/^migrate-bbbbbbb-presync-17000000\d\d$/)]);
  });
});

describe("a hook whose object an earlier Application of the same name left behind", () => {
  it("did not run at all, for operations are counted from one again: it runs", async () => {
    const given = syncWorld();
    const manifests = (v: string) => [configMap("settings", { v }), job("migrate", hook)];
    await given.declare(anApplication());
    await given.commit("web", manifests("1"));
    await given.settle(() => given.live("migrate", "Job") && endJob(given.cluster, "migrate", "Complete"));
    const before = given.live("migrate", "Job")?.metadata.uid;
    expect(before).toBeDefined();
    await wish(given.table, "web", { removal: "forget", trigger: "registry" }, given.world.clock.now());
    await given.settle();
    given.pass(1_000);
    await given.declare(anApplication());
    await given.commit("web", manifests("2"));
    await given.sync();
    expect(given.live("migrate", "Job")?.metadata.uid).not.toBe(before);
    expect(given.live("settings")).toMatchObject({ data: { v: "1" } });
    endJob(given.cluster, "migrate", "Complete");
    given.pass(2_000);
    await given.sync();
    expect(given.live("settings")).toMatchObject({ data: { v: "2" } });
  });
});

describe("a PreDelete hook of an Application that was withdrawn, taken back and withdrawn again", () => {
  it("did not run the second time: it runs before each removal", async () => {
    const given = syncWorld();
    const finalizers = ["resources-finalizer.argocd.argoproj.io"];
    const asks = { annotations: { "argocd.argoproj.io/sync-options": "Delete=confirm" } };
    const farewell = job("farewell", { annotations: { "argocd.argoproj.io/hook": "PreDelete" } });
    const withdraw = () => wish(given.table, "web", { removal: "cascade", trigger: "registry" }, given.world.clock.now());
    const runs = new Set<string>();
    const steps = async () => {
      for (let step = 0; step < 6; step++) {
        await given.sync();
        given.pass(3_000);
        const { uid } = given.live("farewell", "Job")?.metadata ?? {};
        if (uid !== undefined && !runs.has(uid)) endJob(given.cluster, "farewell", "Complete");
        if (uid !== undefined) runs.add(uid);
      }
    };
    await given.declare(anApplication({ finalizers }));
    await given.commit("web", [configMap("settings", {}, asks), farewell]);
    await steps();
    await withdraw();
    await steps();
    expect(await given.state()).toMatchObject({ phase: "Terminating", awaiting: expect.stringContaining("Delete=confirm") });
    expect(runs.size).toBe(1);
    await given.declare(anApplication({ finalizers }));
    await given.commit("web", [configMap("settings", { v: "2" }, asks), farewell]);
    await steps();
    await withdraw();
    await steps();
    expect(runs.size).toBe(2);
  });
});
