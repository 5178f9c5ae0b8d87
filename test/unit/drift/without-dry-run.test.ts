import { describe, expect, it } from "vitest";
import { scanned, withoutSelfHeal } from "../../support/drift-scanned.ts";
import { configMap, deployment } from "../../support/sync-world.ts";

const words = 'admission webhook "billing.example" does not support dry run';

/** The webhook comes after the first sync. */
const beside = async (manifests = [configMap("settings", { colour: "blue", size: "small" })]) => {
  let refusing = false;
  const refuse = () => (refusing ? { reason: "BadRequest", message: words } : undefined);
  const world = await scanned(withoutSelfHeal, { manifests, refuse });
  refusing = true;
  return world;
};

describe("drift beside an admission webhook that supports no dry runs", () => {
  // It was never told: the dry run that names the fields was refused, and nothing was said at all.
  it("is told by what the list showed and the manifest says, and why it is known no better", async () => {
    const { edit, scan, history, state } = await beside();
    edit({ colour: "red", size: "small" });
    await scan();
    const [event] = await history();
    expect(event).toMatchObject({
      kind: "drift-found",
      reason: `ConfigMap production/settings: data.colour is "red" instead of "blue" by kubectl-edit; by the manifest alone, since the server would not try it: ${words}`,
    });
    expect(event?.objects[0]?.fields?.map(({ path }) => path)).toEqual(["data.colour"]);
    expect(await state()).toMatchObject({ drifted: true, syncStatus: "OutOfSync" });
  });

  it("names a field that is gone, and one that was added", async () => {
    const { edit, scan, history } = await beside();
    edit({ colour: "blue", extra: "1" });
    await scan();
    const paths = (await history())[0]?.objects[0]?.fields?.map(({ path, live, desired }) => [path, live, desired]);
    expect(paths).toEqual([
      ["data.size", undefined, '"small"'],
      ["data.extra", '"1"', undefined],
    ]);
  });

  it("is told once, and is over when it stands as it was", async () => {
    const { edit, scan, history, state, cluster } = await beside();
    edit({ colour: "red", size: "small" });
    await scan();
    const tries = () => cluster.calls.filter((call) => call.startsWith("apply")).length;
    const before = tries();
    await scan();
    expect(tries()).toBe(before);
    expect((await history()).filter(({ kind }) => kind === "drift-found")).toHaveLength(1);
    edit({ colour: "blue", size: "small" });
    await scan();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });

  it("is none where only what the manifest does not say moved, or an item has what the server filled in", async () => {
    const { cluster, scan, history } = await beside([deployment("api")]);
    const at = { apiVersion: "apps/v1", kind: "Deployment", namespace: "production", name: "api" };
    cluster.edit(at, "kube-controller-manager", (live) => ({ ...live, status: { replicas: 1 } }));
    await scan();
    expect((await history()).filter(({ kind }) => kind === "drift-found")).toEqual([]);
  });
});
