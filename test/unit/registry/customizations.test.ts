import { describe, expect, it } from "vitest";
import { noCustomizations } from "../../../shared/model/customizations.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { keys } from "../../../shared/state/items.ts";
import { readCustomizations } from "../../../shared/state/settings.ts";
import { applicationManifest, manifestOf } from "../argocd/manifests.ts";
import { openRegistry, told } from "./registry.ts";

const settings = (data: JsonObject) => manifestOf("v1", "ConfigMap", { name: "argocd-cm" }, { data });
const health = "resource.customizations.health.apps_Deployment";
const pointers = "resource.customizations.ignoreDifferences.apps_Deployment";

describe("the control repository's argocd-cm", () => {
  it("is nothing until it is declared", async () => {
    const { world } = await openRegistry();
    expect(await readCustomizations(world.table)).toEqual(noCustomizations);
  });

  it("is stored, left alone while it is the same, changed, and withdrawn with it", async () => {
    const { push, world } = await openRegistry();
    expect(told(await push([settings({ [health]: "return {}" })]))).toEqual(["created Synced argocd-cm"]);
    expect((await readCustomizations(world.table)).health).toMatchObject([{ kind: "Deployment", lua: "return {}" }]);
    const writes = world.table.writes;
    expect(told(await push([settings({ [health]: "return {}" })]))).toEqual(["unchanged Synced argocd-cm"]);
    expect(world.table.writes).toBe(writes);
    expect(told(await push([settings({ [health]: "return nil" })]))).toEqual(["configured Synced argocd-cm"]);
    expect(told(await push([], { prune: false }))[0]).toContain("skipped PruneSkipped argocd-cm");
    expect(told(await push([]))).toEqual(["deleted Pruned argocd-cm"]);
    expect(await readCustomizations(world.table)).toEqual(noCustomizations);
  });

  it("is read as of before where it was stored before there was more to it", async () => {
    const { world } = await openRegistry();
    const { tracking: _, filter: __, respectRbac: ___, ...older } = noCustomizations;
    await world.table.put({ ...keys.customizations, v: 1, customizations: JSON.parse(JSON.stringify(older)) });
    expect(await readCustomizations(world.table)).toEqual(noCustomizations);
  });

  it("has objects tracked as before, and the same kinds excluded, where a slip makes those keys unreadable", async () => {
    const { push, world } = await openRegistry();
    const method = "application.resourceTrackingMethod";
    await push([settings({ [method]: "label", "resource.exclusions": "- kinds: [Secret]" })]);
    const outcome = await push([settings({ [method]: "labels", "resource.exclusions": "kinds: [Secret]" })]);
    expect(told(outcome)[1]).toContain(`argocd-cm ${method} is "labels"`);
    expect(await readCustomizations(world.table)).toMatchObject({
      tracking: { method: "label" },
      filter: { exclusions: [{ kinds: ["Secret"] }] },
    });
  });

  it("keeps every key that can be used, and fails with those that cannot", async () => {
    const { push, world } = await openRegistry();
    const outcome = await push([settings({ [pointers]: "jsonPointers: [/spec/replicas]", [health]: "" })]);
    expect(told(outcome)).toEqual([
      "created Synced argocd-cm",
      `unknown SyncFailed argocd-cm: argocd-cm ${health} holds no script; write Lua that returns a table`,
    ]);
    expect((await readCustomizations(world.table)).ignoreDifferences).toMatchObject([{ jsonPointers: ["/spec/replicas"] }]);
  });

  it("says at once which script does not compile", async () => {
    const { push, world } = await openRegistry();
    const outcome = await push([settings({ [health]: "if x then return", "resource.customizations.health.Pod": "return {}" })]);
    expect(told(outcome)[1]).toMatch(
      /^unknown SyncFailed argocd-cm: argocd-cm resource.customizations.health.apps_Deployment, line 1: 'end' expected/,
    );
    expect((await readCustomizations(world.table)).health).toMatchObject([{ kind: "Pod" }]);
  });

  it("is refused where it is too large for the table, and what it said before still holds", async () => {
    const { push, world } = await openRegistry();
    await push([settings({ [health]: "return {}" })]);
    const [said] = told(await push([settings({ [health]: `return {} --${"x".repeat(400_000)}` })]));
    expect(said).toContain("350000 fit into the table");
    expect((await readCustomizations(world.table)).health).toMatchObject([{ lua: "return {}" }]);
  });

  it("is refused twice, and from anybody else", async () => {
    const { push, pushTo, world } = await openRegistry();
    expect(told(await push([settings({ [health]: "return {}" }), settings({})]))[0]).toContain("is declared twice");
    await push([applicationManifest({}, { name: "web" })]);
    expect(told(await pushTo("web", [settings({ [health]: "return {}" })]))[0]).toContain("may be declared by the control repository only");
    expect(await readCustomizations(world.table)).toEqual(noCustomizations);
  });
});
