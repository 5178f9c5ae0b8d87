import { describe, expect, it } from "vitest";
import { isMassRemoval } from "../../../shared/registry/mass-removal.ts";
import { withdrawChildren } from "../../../shared/registry/withdraw-children.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { readProjects } from "../../../shared/state/projects.ts";
import { applicationManifest, manifestOf } from "../argocd/manifests.ts";
import { finalizer, openRegistry, told } from "./registry.ts";

const app = (name: string, metadata = {}, spec = {}) => applicationManifest(spec, { name, ...metadata });
const many = (count: number) => Array.from({ length: count }, (_, index) => app(`app-${index}`));
const withdrawn = (results: readonly string[]) => results.filter((line) => line.startsWith("deleted")).length;

describe("an Application that Git no longer has", () => {
  it.each([
    ["cascades with Argo CD's finalizer", [finalizer], "cascade"],
    ["cascades with the form that names a way to delete", [`${finalizer}/background`], "cascade"],
    ["is forgotten without it, its objects left", [], "forget"],
    ["is forgotten with finalizers of others", ["example.org/protect"], "forget"],
  ])("%s", async (_, finalizers, how) => {
    const { push, world } = await openRegistry();
    await push([app("web", { finalizers }), app("api")]);
    expect(told(await push([app("api")]))).toEqual(["unchanged Synced api", "deleted Pruned web"]);
    expect((await readState(world.table, "web"))?.removal).toBe(how);
    expect(world.syncs.take()).toEqual([{ v: 1, application: "web" }]);
  });

  it("is not told twice, and comes back when Git has it again", async () => {
    const { push, world } = await openRegistry();
    await push([app("web"), app("api")]);
    await push([app("api")]);
    expect(told(await push([app("api")]))).toEqual(["unchanged Synced api"]);
    expect(told(await push([app("web"), app("api")]))).toEqual(["configured Synced web", "unchanged Synced api"]);
    expect((await readState(world.table, "web"))?.removal).toBeUndefined();
  });

  it("stays while pruning is off", async () => {
    const { push, world } = await openRegistry();
    await push([app("web"), app("api")]);
    expect(told(await push([app("api")], { prune: false }))[1]).toBe(
      "skipped PruneSkipped web: Application web is no longer declared by control; pruning is off",
    );
    expect((await readState(world.table, "web"))?.removal).toBeUndefined();
  });

  it("stays with Prune=false", async () => {
    const { push } = await openRegistry();
    await push([app("web", { annotations: { "argocd.argoproj.io/sync-options": "Prune=false" } })]);
    expect(told(await push([]))[0]).toMatch(/^skipped PruneSkipped web: .*Prune=false$/);
  });

  it("is another parent's where that one declares it", async () => {
    const { push, pushTo, world } = await openRegistry();
    await push([app("root")]);
    await pushTo("root", [app("web")]);
    expect(told(await push([app("root")]))).toEqual(["unchanged Synced root"]);
    expect((await readState(world.table, "web"))?.removal).toBeUndefined();
  });

  it("is not taken for removed when its manifest is broken", async () => {
    const { push, world } = await openRegistry();
    await push([app("web")]);
    expect(withdrawn(told(await push([app("web", {}, { source: undefined })])))).toBe(0);
    expect((await readState(world.table, "web"))?.removal).toBeUndefined();
  });
});

describe("a mass removal", () => {
  it.each([
    [2, 2, false],
    [3, 30, false],
    [3, 29, true],
    [10, 1_000, false],
    [11, 1_000, true],
    [1, 1, false],
  ])("of %i of %i Applications waits for a person: %s", (removed, children, waits) => {
    expect(isMassRemoval(removed, children)).toBe(waits);
  });

  it("removes nothing before a yes, while everything else goes on", async () => {
    const { push, world } = await openRegistry();
    await push(many(20));
    const outcome = await push([...many(5), app("new")]);
    expect(outcome.awaiting).toBe(
      "removing 15 of the 20 Applications that control declares waits for a person's yes: fairlead approve control",
    );
    expect(withdrawn(told(outcome))).toBe(0);
    expect(told(outcome)).toContain("created Synced new");
    expect((await readState(world.table, "app-19"))?.removal).toBeUndefined();
  });

  it("goes on with a yes to exactly this render", async () => {
    const { push } = await openRegistry();
    await push(many(20));
    const other = await push(many(5), { digest: "render-2", approval: "render-1" });
    expect([withdrawn(told(other)), other.awaiting === undefined]).toEqual([0, false]);
    const approved = await push(many(5), { digest: "render-2", approval: "render-2" });
    expect([withdrawn(told(approved)), approved.awaiting]).toEqual([15, undefined]);
  });

  it("counts only what would go: what pruning leaves needs no yes", async () => {
    const { push } = await openRegistry();
    await push(many(20));
    expect((await push([], { prune: false })).awaiting).toBeUndefined();
  });
});

describe("a project that Git no longer has", () => {
  const project = manifestOf("argoproj.io/v1alpha1", "AppProject", { name: "team" }, { spec: {} });

  it("stays as long as Applications belong to it", async () => {
    const { push, world } = await openRegistry();
    await push([project, app("web", {}, { project: "team" })]);
    expect(told(await push([app("web", {}, { project: "team" })]))).toEqual([
      "skipped PruneSkipped team: AppProject team is no longer declared, and stays as long as Applications belong to it",
      "unchanged Synced web",
    ]);
    expect((await readProjects(world.table)).has("team")).toBe(true);
  });

  it("goes when nobody does", async () => {
    const { push, world } = await openRegistry();
    await push([project]);
    expect(told(await push([]))).toEqual(["deleted Pruned team"]);
    expect((await readProjects(world.table)).size).toBe(0);
  });
});

describe("an Application that is deleted with its objects", () => {
  it("takes its children with it, each by its own finalizer", async () => {
    const { push, pushTo, world } = await openRegistry();
    await push([app("root")]);
    await pushTo("root", [app("web", { finalizers: [finalizer] }), app("api")]);
    expect(await withdrawChildren("root", world)).toBe(2);
    expect([(await readState(world.table, "web"))?.removal, (await readState(world.table, "api"))?.removal]).toEqual(["cascade", "forget"]);
    expect(
      world.syncs
        .take()
        .map(({ application }) => application)
        .toSorted(),
    ).toEqual(["api", "web"]);
    expect(await withdrawChildren("root", world)).toBe(2);
    expect(world.syncs.take()).toEqual([]);
  });
});
