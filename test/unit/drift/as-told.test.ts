import { describe, expect, it } from "vitest";
import { noCustomizations } from "../../../shared/model/customizations.ts";
import { writeCustomizations } from "../../../shared/state/settings.ts";
import { scanned, withoutSelfHeal } from "../../support/drift-scanned.ts";

describe("drift that was told and stands", () => {
  it("costs a dry run when something moves, not at every scan while the drift stands", async () => {
    const { edit, scan, cluster, state, table, at } = await scanned(withoutSelfHeal);
    const dryRuns = async (looks: number) => {
      const calls = cluster.calls.length;
      for (let look = 0; look < looks; look++) await scan();
      return cluster.calls.slice(calls).filter((call) => call.startsWith("dry-run")).length;
    };
    edit({ colour: "red", size: "small" });
    expect(await dryRuns(4)).toBe(1);
    cluster.edit(at, "some-controller", (object) => ({ ...object, status: { seen: true } }));
    expect(await dryRuns(3)).toBe(1);
    edit({ colour: "red", size: "large" });
    expect(await dryRuns(3)).toBe(1);
    const pointers = ["/data/colour", "/data/size"];
    const rule = { group: "", kind: "ConfigMap", jsonPointers: pointers, jqPathExpressions: [], managedFieldsManagers: [] };
    await writeCustomizations(table, { ...noCustomizations, ignoreDifferences: [rule] });
    expect(await dryRuns(3)).toBeLessThanOrEqual(1);
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });

  // Each look at it in between, such as one at what another Application has, made it news: people heard of it every quarter of an hour.
  it("is told once, however often somebody looks at it without healing it", async () => {
    const { edit, scan, ask, sync, state, told } = await scanned(withoutSelfHeal);
    edit({ colour: "red", size: "small" });
    for (let look = 0; look < 3; look++) {
      await scan();
      await ask({ dryRun: true });
      await sync();
    }
    expect(told.filter(({ event }) => event === "drift-found")).toHaveLength(1);
    edit({ colour: "blue", size: "small" });
    await scan();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    expect((await state()).drifted).toBeUndefined();
  });

  it("is Synced again when the field was taken over and put back by the same controller", async () => {
    const { scan, cluster, state, at } = await scanned(withoutSelfHeal);
    const colour = (value: string) =>
      cluster.edit(at, "some-controller", (object) => ({ ...object, data: { colour: value, size: "small" } }));
    colour("red");
    await scan();
    await scan();
    expect(await state()).toMatchObject({ drifted: true, syncStatus: "OutOfSync" });
    colour("blue");
    await scan();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });
});
