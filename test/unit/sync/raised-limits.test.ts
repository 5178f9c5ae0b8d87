import { describe, expect, it } from "vitest";
import { recordRender } from "../../../shared/state/renders.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const old = { seconds: 7, outputBytes: 1024 * 1024 };
const killed = { kind: "failed" as const, code: "RenderKilled", subject: "app", message: "Helm did not finish app within 7 s" };

/** An Application whose source was too much for the limits that were in force. */
const broken = async (outcome: typeof killed, limits: typeof old) => {
  const given = syncWorld();
  await recordRender(given.table, "input-big", outcome, limits);
  await given.declare(anApplication());
  await given.commit("web", [configMap("settings")], "big");
  return given;
};

describe("a limit that was raised", () => {
  it("reached no input that had failed at the old one, whoever asked for a sync", async () => {
    const { ask, settle, renders, state, world } = await broken(killed, old);
    await settle();
    expect(renders.take()).toEqual([{ v: 1, input: "input-big", applications: ["web"], limits: world.renderLimits }]);
    await ask();
    await settle();
    expect(renders.take()).toHaveLength(1);
    expect((await state()).phase).toBeUndefined();
  });

  it("lets a failure at the very limits in force stand, and tells it", async () => {
    const limits = syncWorld().world.renderLimits;
    const { settle, renders, state } = await broken(killed, limits);
    await settle();
    expect(renders.take()).toEqual([]);
    expect(await state()).toMatchObject({ phase: "Failed", reason: killed.message });
  });

  it("says nothing about sources that are wrong at any limit", async () => {
    const { settle, renders, state } = await broken({ ...killed, code: "RenderFailed", message: "app is not valid" }, old);
    await settle();
    expect(renders.take()).toEqual([]);
    expect(await state()).toMatchObject({ phase: "Failed", reason: "app is not valid" });
  });
});
