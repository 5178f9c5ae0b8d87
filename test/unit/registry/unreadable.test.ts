import { describe, expect, it } from "vitest";
import { readState } from "../../../shared/state/application-state.ts";
import { keys } from "../../../shared/state/items.ts";
import { applicationManifest } from "../argocd/manifests.ts";
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
