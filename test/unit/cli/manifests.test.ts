import { describe, expect, it } from "vitest";
import { keys } from "../../../shared/state/items.ts";
import { openStack } from "./world.ts";

describe("fairlead manifests", () => {
  it("prints what was applied, with the values of Secrets hidden", async () => {
    const { fairlead, table } = await openStack();
    await table.update(keys.state("web"), { set: { syncedOutput: "rendered" } });
    const { out } = await fairlead("manifests web");
    expect(out).toContain("kind: Secret");
    expect(out).toContain("password:");
    expect(out).not.toContain("hunter2");
  });

  it("says so when nothing was applied yet, or the artifact is gone", async () => {
    const { fairlead, table } = await openStack();
    expect((await fairlead("manifests web")).error).toContain("Application web was never synced");
    await table.update(keys.state("web"), { set: { syncedOutput: "lost" } });
    expect((await fairlead("manifests web")).error).toContain("not in the artifact store");
  });
});

describe("fairlead status of one Application", () => {
  it("shows what people should know although nothing failed", async () => {
    const { fairlead, table } = await openStack();
    await table.update(keys.state("web"), { set: { warnings: ["Job production/migrate is a sync hook; hooks are not run yet"] } });
    expect((await fairlead("status web")).out).toContain("Job production/migrate is a sync hook");
  });
});
