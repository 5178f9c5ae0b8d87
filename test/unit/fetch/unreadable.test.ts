import { describe, expect, it } from "vitest";
import { keys } from "../../../shared/state/items.ts";
import { readRef } from "../../../shared/state/refs.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";

const files = (port: string) => ({ "a/map.yaml": `kind: A${port}`, "b/map.yaml": `kind: B${port}` });

describe.each(["spec", "state"] as const)("F-27, F-28: an Application of which the %s cannot be read", (item) => {
  it("keeps no other of its repository from a push, and gets it when it can be read again", async () => {
    const world = fetchWorld();
    world.commit(monorepo, files("1"));
    await world.declare(applicationAt("web", "a"), applicationAt("twin", "a"), applicationAt("api", "b"));
    world.rendered();
    await world.table.update(keys[item]("web"), { set: { v: 2 } });
    const left = await world.table.get(keys[item]("web"));
    await world.push(files("2"));
    expect(world.told.at(-1)).toMatchObject({ event: "fetch-delayed", facts: { code: "ItemNewer" } });
    expect(world.rendered().toSorted()).toEqual(["api", "twin"]);
    expect(await world.table.get(keys[item]("web"))).toEqual(left);
    const { wanted, done } = await readRef(world.table, "git.example.com/team/config", "refs/heads/main");
    expect(wanted).toBeGreaterThan(done);

    await world.table.update(keys[item]("web"), { set: { v: 1 } });
    await world.push(files("2"));
    expect(world.rendered()).toEqual(["web"]);
  });
});
