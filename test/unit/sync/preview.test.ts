import { describe, expect, it } from "vitest";
import { previewSync } from "../../../shared/sync/preview.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const open = async () => {
  const here = syncWorld();
  const application = anApplication();
  await here.declare(application);
  const preview = async (claims = () => false) => previewSync(application, await here.state(), { ...here.world, claims });
  return { ...here, preview };
};

const at = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name });

describe("a preview of a sync", () => {
  it("says what would be created, and creates nothing", async () => {
    const { commit, preview, live } = await open();
    await commit("web", [configMap("a", { x: "1" })]);
    const { results } = await preview();
    expect(results.map(({ key, action }) => [key.name, action])).toEqual([["a", "created"]]);
    expect(live("a")).toBeUndefined();
  });

  it("names the fields that somebody moved, and leaves them", async () => {
    const { commit, preview, sync, cluster, live } = await open();
    await commit("web", [configMap("a", { x: "1" }), configMap("b")]);
    await sync();
    cluster.edit(at("a"), "kubectl-edit", (object) => ({ ...object, data: { x: "2" } }));
    const { results } = await preview();
    expect(results.map(({ key, action }) => [key.name, action]).toSorted()).toEqual([
      ["a", "configured"],
      ["b", "unchanged"],
    ]);
    expect(results.find(({ key }) => key.name === "a")?.fields?.[0]).toMatchObject({ path: "data.x", desired: '"1"', live: '"2"' });
    expect(live("a")?.data).toEqual({ x: "2" });
  });

  it("says what would be deleted", async () => {
    const { commit, preview, sync, live } = await open();
    await commit("web", [configMap("a"), configMap("b")]);
    await sync();
    await commit("web", [configMap("a")]);
    const { results } = await preview();
    expect(results.map(({ key, action }) => [key.name, action])).toContainEqual(["b", "deleted"]);
    expect(live("b")).toBeDefined();
  });

  it("leaves objects of the registry out, and counts them", async () => {
    const { commit, preview } = await open();
    await commit("web", [configMap("a")]);
    expect(await preview(() => true)).toEqual({ results: [], registered: 1 });
  });

  it("says so while nothing is rendered yet", async () => {
    const { preview } = await open();
    await expect(preview()).rejects.toThrow("web is being fetched and rendered; ask again in a moment");
  });
});
