import { describe, expect, it } from "vitest";
import { clusterNamesOf, clustersOf } from "../../../functions/world/clusters.ts";
import { registerObjects } from "../../../shared/registry/register-objects.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { keys } from "../../../shared/state/items.ts";
import { versionedTable } from "../../../shared/state/versioned-table.ts";
import { memorySecrets } from "../../fakes/memory-secrets.ts";
import { applicationManifest, manifestOf } from "../argocd/manifests.ts";
import { openRegistry, told } from "./registry.ts";

describe.each(["spec", "state"] as const)("F-27, F-28: a child of which the %s cannot be read", (item) => {
  it("is named, and all others are declared", async () => {
    const { world, push } = await openRegistry();
    await push([applicationManifest({}, { name: "web" })]);
    await world.table.update(keys[item]("web"), { set: { v: 2, declared: "another" } });
    const left = await world.table.get(keys[item]("web"));
    if (item === "spec") await world.table.update(keys.state("web"), { set: { declared: "another" } });
    const outcome = await push([applicationManifest({}, { name: "web" }), applicationManifest({}, { name: "api" })]);
    expect(told(outcome)).toEqual([expect.stringMatching(/^unknown SyncFailed web: item app#web\/.* newer release/), "created Synced api"]);
    expect(await readState(world.table, "api")).toBeDefined();
    expect(await world.table.get(keys[item]("web"))).toEqual(left);
  });

  it("stays when Git has it no longer, until it can be read", async () => {
    const { world, push } = await openRegistry();
    await push([applicationManifest({}, { name: "web" })]);
    await world.table.update(keys[item]("web"), { set: { v: 2 } });
    await push([]).catch(() => undefined);
    expect(await world.table.get(keys[item]("web"))).toMatchObject({ v: 2 });
    await world.table.update(keys[item]("web"), { set: { v: 1 } });
    await push([]);
    expect(await readState(world.table, "web")).toMatchObject({ removal: "forget" });
  });
});

describe("F-27, F-28: a cluster that Git declares, of which the record cannot be read", () => {
  const cluster = (name: string) =>
    manifestOf(
      "v1",
      "Secret",
      { name, labels: { "argocd.argoproj.io/secret-type": "cluster" }, annotations: { "fairlead.dev/credentials": `clusters/${name}` } },
      { stringData: { name, server: `https://${name}.example.com` } },
    );
  const child = (name: string, on: string) => applicationManifest({ destination: { name: on, namespace: "production" } }, { name });

  it("is named, and whatever else Git declares is declared, also what goes to it by its name", async () => {
    // Nothing could be declared any more, whatever it was.
    const { world, control, push } = await openRegistry();
    await push([cluster("edge"), child("web", "edge")]);
    await world.table.update(keys.cluster("edge"), { set: { v: 2 } });
    const left = await world.table.get(keys.cluster("edge"));
    const manifests = [cluster("edge"), cluster("quay"), child("web", "edge"), child("api", "quay")];
    const request = { parent: control, manifests, prune: true, approval: undefined, digest: "render-2" };
    const outcome = await registerObjects(request, { ...world, table: versionedTable(world.table) });
    expect(told(outcome)).toEqual([
      expect.stringMatching(/^unknown SyncFailed edge: item clusters\/edge .* newer release/),
      "created Synced quay",
      "unchanged Synced web",
      "created Synced api",
    ]);
    expect(await world.table.get(keys.cluster("edge"))).toEqual(left);
  });

  it("stays when Git has it no longer, until it can be read", async () => {
    const { world, push } = await openRegistry();
    await push([cluster("edge")]);
    await world.table.update(keys.cluster("edge"), { set: { v: 2 } });
    await push([]);
    expect(await world.table.get(keys.cluster("edge"))).toMatchObject({ v: 2 });
    await world.table.update(keys.cluster("edge"), { set: { v: 1 } });
    await push([]);
    expect(await world.table.get(keys.cluster("edge"))).toBeUndefined();
  });

  it("keeps nobody from the other clusters", async () => {
    const { world, push, installation } = await openRegistry();
    await push([cluster("edge"), cluster("quay")]);
    await world.table.update(keys.cluster("edge"), { set: { v: 2 } });
    expect(await clusterNamesOf(installation, world.table)).toEqual(["production", "edge", "quay"]);
    const { addresses, connect } = clustersOf(installation, world.table, memorySecrets());
    expect(await addresses?.("quay")).toEqual(["https://quay.example.com"]);
    await expect(connect("edge")).rejects.toMatchObject({ code: "ItemNewer" });
  });
});
