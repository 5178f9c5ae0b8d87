import { describe, expect, it } from "vitest";
import { nothingIgnored } from "../../../shared/diff/ignored.ts";
import { judge } from "../../../shared/drift/judge.ts";
import { noCustomizations } from "../../../shared/model/customizations.ts";
import { formatKey } from "../../../shared/model/resource-key.ts";
import { writeCustomizations } from "../../../shared/state/settings.ts";
import { scanned } from "../../support/drift-scanned.ts";
import { anApplication } from "../../support/sync-world.ts";

describe("the health that a scan sees", () => {
  it("is what people's own scripts say, as a sync has it, and nobody is told otherwise", async () => {
    const { table, scan, state, history, notices } = await scanned();
    const lua = 'return { status = "Degraded", message = "out of paint" }';
    await writeCustomizations(table, { ...noCustomizations, health: [{ group: "", kind: "ConfigMap", source: "argocd-cm", lua }] });
    await scan();
    expect(await state()).toMatchObject({ health: "Degraded", reason: expect.stringContaining("out of paint") });
    const told = notices.sent.length;
    await scan();
    expect(await state()).toMatchObject({ health: "Degraded" });
    expect((await history())[0]).toMatchObject({ kind: "degraded" });
    expect(notices.sent).toHaveLength(told);
  });

  it("is not Missing where there is nothing but hooks", () => {
    const key = { group: "batch", kind: "Job", namespace: "production", name: "migrate" };
    const owned = new Map([[formatKey(key), { key, apiVersion: "batch/v1", hook: true as const }]]);
    const judging = { key: "key", peoplesTools: [], ignored: () => nothingIgnored };
    expect(judge(anApplication(), owned, new Map([[formatKey(key), { state: "absent" }]]), judging)).toMatchObject({
      missing: [],
      health: { status: "Healthy" },
    });
  });
});
