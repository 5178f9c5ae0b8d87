import { describe, expect, it } from "vitest";
import { readState } from "../../../shared/state/application-state.ts";
import { readApplication } from "../../../shared/state/applications.ts";
import { applicationsOfCluster } from "../../../shared/state/clusters.ts";
import { groupsOfRepository } from "../../../shared/state/groups.ts";
import { childrenOf, listApplications } from "../../../shared/state/listed-applications.ts";
import { readProjects } from "../../../shared/state/projects.ts";
import { syncApplication } from "../../../shared/sync/sync-application.ts";
import { syncWorld } from "../../support/sync-world.ts";
import { applicationManifest, manifestOf } from "../argocd/manifests.ts";
import { openRegistry, told } from "./registry.ts";

const app = (name: string, spec = {}) => applicationManifest(spec, { name });
const project = (name: string) => manifestOf("argoproj.io/v1alpha1", "AppProject", { name }, { spec: {} });

describe("the control repository", () => {
  it("declares Applications, which are fetched next", async () => {
    const { push, world } = await openRegistry();
    expect(told(await push([app("web"), app("api")]))).toEqual(["created Synced web", "created Synced api"]);
    expect(await readApplication(world.table, "web")).toMatchObject({ name: "web", parent: "control", namespace: "argocd" });
    expect(await childrenOf(world.table, "control")).toEqual(["api", "web"]);
    expect((await readState(world.table, "web"))?.cluster).toBe("production");
    expect(world.pushes.take()).toEqual(["web", "api"].map((application) => ({ v: 1, kind: "application", application })));
  });

  it("writes and sends nothing for what is the same", async () => {
    const { push, world } = await openRegistry();
    await push([app("web"), app("api"), project("team")]);
    world.pushes.take();
    const writes = world.table.writes;
    expect(told(await push([app("web"), app("api")], { prune: false }))).toContain("unchanged Synced web");
    expect(world.table.writes).toBe(writes);
    expect(world.pushes.take()).toEqual([]);
  });

  it("updates only what changed, and moves its edges", async () => {
    const { push, world } = await openRegistry();
    await push([app("web"), app("api")]);
    const source = { repoURL: "https://github.com/org/other", path: "apps/web" };
    expect(told(await push([app("web", { source }), app("api")]))).toEqual(["configured Synced web", "unchanged Synced api"]);
    expect((await readApplication(world.table, "web"))?.sources[0]?.repoURL).toBe(source.repoURL);
    const moved = await Array.fromAsync(groupsOfRepository(world.table, "github.com/org/other"));
    expect(moved).toHaveLength(1);
  });

  it("leaves the cluster that an Application has moved away from", async () => {
    const { push, world } = await openRegistry();
    const labels = { "argocd.argoproj.io/secret-type": "cluster" };
    const edge = manifestOf("v1", "Secret", { name: "edge", labels }, { stringData: { server: "https://edge.example" } });
    await push([edge, app("web")]);
    const outcome = await push([edge, app("web", { destination: { name: "edge" } })]);
    expect(told(outcome)[1]).toBe("configured Synced web: its objects on cluster production stay there, and belong to nobody");
    expect((await Array.fromAsync(applicationsOfCluster(world.table, "edge"))).flat()).toEqual(["web"]);
    expect((await Array.fromAsync(applicationsOfCluster(world.table, "production"))).flat()).toEqual(["control"]);
  });

  it("finishes a declaration that was interrupted before its wish was written", async () => {
    const { push, world } = await openRegistry();
    await push([app("web")]);
    await world.table.update({ pk: "app#web", sk: "state" }, { remove: ["declared"] });
    expect(told(await push([app("web")]))).toEqual(["configured Synced web"]);
  });

  it("keeps warnings beside the result", async () => {
    const { push } = await openRegistry();
    expect(told(await push([app("web", { foo: 1 })]))).toEqual(["created Synced web: spec.foo is not known and has no effect"]);
  });

  it("declares projects and the Applications in them with one commit", async () => {
    const { push, world } = await openRegistry();
    expect(told(await push([app("web", { project: "team" }), project("team")]))).toEqual(["created Synced team", "created Synced web"]);
    expect([...(await readProjects(world.table)).keys()]).toEqual(["team"]);
  });

  it("declares clusters, which Applications of the same commit may name", async () => {
    const { push, world } = await openRegistry();
    const labels = { "argocd.argoproj.io/secret-type": "cluster" };
    const annotations = { "fairlead.dev/credentials": "clusters/edge" };
    const secret = manifestOf("v1", "Secret", { name: "edge", labels, annotations }, { stringData: { server: "https://edge.example" } });
    const outcome = await push([secret, app("web", { destination: { name: "edge", namespace: "web" } })]);
    expect(told(outcome)).toEqual(["created Synced edge", "created Synced web"]);
    expect((await readState(world.table, "web"))?.cluster).toBe("edge");
  });

  it("is itself an Application that follows the installation file", async () => {
    const { world } = await openRegistry();
    expect(await readApplication(world.table, "control")).toMatchObject({ sources: [{ repoURL: "https://github.com/acme/gitops" }] });
    expect((await listApplications(world.table)).items.map(({ name }) => name)).toEqual(["control"]);
  });
});

describe("an app of apps", () => {
  it("adds Applications of its own project, in the control namespace", async () => {
    const { push, pushTo, world } = await openRegistry();
    await push([app("root")]);
    expect(told(await pushTo("root", [app("web")]))).toEqual(["created Synced web"]);
    expect(await readApplication(world.table, "web")).toMatchObject({ parent: "root", project: "default" });
    expect(await childrenOf(world.table, "root")).toEqual(["web"]);
  });

  it("may take over from a parent that was forgotten", async () => {
    const { push, pushTo, world } = await openRegistry();
    await push([app("root"), app("old")]);
    await pushTo("old", [app("web")]);
    expect(told(await pushTo("root", [app("web")]))[0]).toContain("is already declared by old");
    await push([app("root")]);
    await syncApplication({ v: 1, application: "old" }, { ...syncWorld().world, table: world.table, syncs: world.syncs });
    expect(told(await pushTo("root", [app("web")]))).toEqual(["configured Synced web"]);
    expect(await readApplication(world.table, "web")).toMatchObject({ parent: "root" });
    // The old name used again must not lay hands on what it once declared.
    await push([app("root"), app("old")]);
    expect(told(await pushTo("old", []))).toEqual([]);
    expect(await childrenOf(world.table, "old")).toEqual([]);
  });

  it("never withdraws by a stale edge what another parent declares", async () => {
    const { push, pushTo, world } = await openRegistry();
    await push([app("root"), app("other")]);
    await pushTo("root", [app("web")]);
    await world.table.put({ pk: "app#other", sk: "child#web", v: 1 });
    expect(told(await pushTo("other", []))).toEqual([]);
    expect((await readState(world.table, "web"))?.removal).toBeUndefined();
  });

  it("costs one look where nothing is declared and nothing ever was", async () => {
    const { push, pushTo, world } = await openRegistry();
    await push([app("web")]);
    const looked: string[] = [];
    const { query } = world.table;
    world.table.query = (asked) => {
      looked.push(`${asked.pk} ${asked.prefix}`);
      return query(asked);
    };
    expect(told(await pushTo("web", []))).toEqual([]);
    expect(looked).toEqual(["app#web child#"]);
  });
});
