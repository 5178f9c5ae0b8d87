import { describe, expect, it } from "vitest";
import { wish } from "../../../shared/state/wishes.ts";
import { frozen, leaseTime } from "../../support/frozen-create.ts";
import { anApplication } from "../../support/sync-world.ts";

describe("an object that a worker created after its Application was removed (F-09)", () => {
  // Nobody was left to find it: it stayed, marked as an Application's that there was no more.
  it.each([
    ["is taken back where its Application was removed with all that was its own", "cascade", false],
    ["stays where its Application was to leave all behind", "forget", true],
  ] as const)("%s", async (_, removal, stays) => {
    const finalizers = removal === "cascade" ? ["resources-finalizer.argocd.argoproj.io"] : [];
    const { live, state } = await frozen(async ({ table, state, settle, pass }, takeOver) => {
      await wish(table, "web", { removal }, 0);
      await takeOver();
      pass(60_000);
      await settle();
      await expect(state()).rejects.toThrow("no state of web");
    }, anApplication({ finalizers }));
    expect(live("late") !== undefined).toBe(stays);
    expect(live("own") !== undefined).toBe(stays);
    await expect(state()).rejects.toThrow("no state of web");
  });

  it("stays where the table was lost: Git is read again, and may want it still", async () => {
    const { live } = await frozen(
      async ({ table, pass }) => {
        pass(leaseTime);
        for (const item of table.items()) await table.delete(item);
      },
      anApplication({ finalizers: ["resources-finalizer.argocd.argoproj.io"] }),
    );
    expect(live("late")).toBeDefined();
  });
});
