import { describe, expect, it } from "vitest";
import { noCustomizations } from "../../../shared/model/customizations.ts";
import { writeCustomizations } from "../../../shared/state/settings.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const script = (lua: string, kind = "ConfigMap") => ({
  group: "",
  kind,
  source: `argocd-cm resource.customizations.health.${kind}`,
  lua,
});
const later = configMap("later", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } });

/** Two waves of a kind whose health a script of argocd-cm tells. */
const synced = async (lua: string) => {
  const world = syncWorld();
  await writeCustomizations(world.table, { ...noCustomizations, health: [script(lua)] });
  await world.declare(anApplication());
  await world.commit("web", [configMap("first"), later]);
  const step = async () => {
    const next = await world.sync();
    world.pass(next.done ? 0 : next.seconds * 1000);
    return next;
  };
  for (let steps = 0; steps < 4; steps++) await step();
  return { ...world, step };
};

describe("a health script of argocd-cm that cannot be relied on, between two waves", () => {
  it.each([
    ["does not end", "while true do end", "takes more than 5000000 steps"],
    ["fails", "error('no')", "no"],
    ["answers nonsense", "return {status = 'Fine'}", "is no health status"],
    ["answers a huge text", "return string.rep('x', 1e9)", "makes a string of more than 4194304 bytes"],
    ["wants out", "return os.execute('id')", "attempt to call a nil value"],
  ])("that %s is named, and the next wave is not begun as if all were well", async (_, lua, words) => {
    const { state, live } = await synced(lua);
    expect((await state()).reason).toContain(words);
    expect((await state()).reason).toContain("argocd-cm resource.customizations.health.ConfigMap");
    expect(live("later")).toBeUndefined();
  });

  it.each([
    ["nothing", "return nil"],
    ["an empty table", "return {}"],
  ])("that answers %s says that there is nothing to wait for", async (_, lua) => {
    const { state, live } = await synced(lua);
    expect(live("later")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });
});
