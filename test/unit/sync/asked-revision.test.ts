import { describe, expect, it } from "vitest";
import { digestOf } from "../../../shared/model/digest.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { recordRender } from "../../../shared/state/renders.ts";
import { noteAsked } from "../../../shared/state/wishes.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const wave = (number: number) => ({ annotations: { "argocd.argoproj.io/sync-wave": String(number) } });

/** An Application that is synced to what it follows, and another revision as fetch and render leave it. */
const followed = async (options: Parameters<typeof syncWorld>[0] = {}) => {
  const given = syncWorld(options);
  const { declare, commit, settle, artifacts, table } = given;
  await declare(anApplication());
  await commit("web", [configMap("settings", { colour: "blue" })]);
  await settle();
  const fetched = async (revision: string, manifests: readonly Manifest[]) => {
    const bytes = Buffer.from(JSON.stringify({ v: 1, manifests, warnings: [] }));
    const output = digestOf(bytes);
    await artifacts.put(`manifests/${output}`, bytes);
    await recordRender(table, `input-of-${revision}`, { kind: "rendered", output, objects: manifests.length });
    await noteAsked(table, "web", { revision, input: `input-of-${revision}`, sha: `sha-of-${revision}` });
  };
  return { ...given, fetched };
};

describe("a sync to another revision than the followed one", () => {
  it("asks fetch for that revision, and changes nothing until it is there", async () => {
    const { ask, sync, pushes, live, state } = await followed();
    pushes.take();
    await ask({ revision: "v2" });
    expect(await sync()).toEqual({ done: true });
    expect(pushes.take()).toEqual([{ v: 1, kind: "application", application: "web" }]);
    expect(live("settings")).toMatchObject({ data: { colour: "blue" } });
    expect(await state()).toMatchObject({ requested: { revision: "v2" } });
  });

  it("applies it, and holds off what Git says, under auto-sync, too", async () => {
    const { ask, settle, fetched, live, state, history, pass } = await followed();
    await ask({ revision: "v2" });
    await fetched("v2", [configMap("settings", { colour: "green" })]);
    await settle();
    expect(live("settings")).toMatchObject({ data: { colour: "green" } });
    expect(await state()).toMatchObject({
      phase: "Succeeded",
      syncStatus: "OutOfSync",
      reason: "ada synced it to revision v2; Git still says otherwise",
    });
    expect((await state()).requested).toBeUndefined();
    expect((await history())[0]).toMatchObject({ kind: "synced", revision: "sha-of-v2", pusher: "ada" });
    pass(60_000);
    await ask({ resources: [{ group: "", kind: "ConfigMap", name: "nothing" }] });
    await settle();
    expect(live("settings")).toMatchObject({ data: { colour: "green" } });
  });

  it("heals drift towards that revision", async () => {
    const { ask, settle, fetched, live, wishDrift, cluster } = await followed();
    await ask({ revision: "v2" });
    await fetched("v2", [configMap("settings", { colour: "green" })]);
    await settle();
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" }, "kubectl-edit", (object) => ({
      ...object,
      data: { colour: "red" },
    }));
    await wishDrift();
    await settle();
    expect(live("settings")).toMatchObject({ data: { colour: "green" } });
  });

  it("ends with the next commit that changes what is followed", async () => {
    const { ask, settle, fetched, commit, live, state } = await followed();
    await ask({ revision: "v2" });
    await fetched("v2", [configMap("settings", { colour: "green" })]);
    await settle();
    await commit("web", [configMap("settings", { colour: "white" })]);
    await settle();
    expect(live("settings")).toMatchObject({ data: { colour: "white" } });
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    expect((await state()).rollback).toBeUndefined();
  });

  it("comes to its end when a commit arrives meanwhile, which then follows and is not held off", async () => {
    const { ask, sync, settle, pass, fetched, commit, live, state, history } = await followed();
    await ask({ revision: "v2" });
    await fetched("v2", [configMap("settings", { colour: "green" }), configMap("last", {}, wave(1))]);
    await sync();
    await commit("web", [configMap("settings", { colour: "white" })]);
    pass(2_000);
    await settle();
    expect(live("settings")).toMatchObject({ data: { colour: "green" } });
    await settle();
    expect(live("settings")).toMatchObject({ data: { colour: "white" } });
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    expect((await history()).map(({ revision }) => revision).slice(0, 2)).toEqual([expect.not.stringContaining("v2"), "sha-of-v2"]);
  });

  it("that cannot be had leaves the Application as it is and says why", async () => {
    const { ask, settle, state, table, history } = await followed();
    const before = await history();
    await ask({ revision: "v9" });
    await noteAsked(table, "web", { revision: "v9", problem: "The repository has no branch or tag v9." });
    await settle();
    expect(await state()).toMatchObject({
      phase: "Succeeded",
      syncStatus: "Synced",
      reason: "ada asked for a sync to revision v9, which cannot be had: The repository has no branch or tag v9.",
    });
    expect((await state()).requested).toBeUndefined();
    expect(await history()).toEqual(before);
  });

  it("that cannot be rendered does so, too", async () => {
    const { ask, settle, state, table } = await followed();
    await ask({ revision: "v2" });
    await recordRender(table, "input-of-v2", {
      kind: "failed",
      code: "RenderFailed",
      subject: "web",
      message: "kustomization.yaml: no such file",
    });
    await noteAsked(table, "web", { revision: "v2", input: "input-of-v2", sha: "sha-of-v2" });
    await settle();
    expect(await state()).toMatchObject({
      syncStatus: "Synced",
      reason: expect.stringContaining("which cannot be had: kustomization.yaml"),
    });
  });

  it("holds nothing off where it means what Git says anyway", async () => {
    const { ask, settle, state, table } = await followed();
    await ask({ revision: "main" });
    const { input = "" } = await state();
    await noteAsked(table, "web", { revision: "main", input, sha: "abc" });
    await settle();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect((await state()).rollback).toBeUndefined();
  });

  it("that fails is tried again, and Git's own revision does not count as failed", async () => {
    const { ask, sync, fetched, state, live } = await followed({
      refuse: ({ data }) => (JSON.stringify(data ?? {}).includes("green") ? { reason: "Forbidden", message: "no green" } : undefined),
    });
    await ask({ revision: "v2" });
    await fetched("v2", [configMap("settings", { colour: "green" })]);
    await sync();
    expect(await state()).toMatchObject({ phase: "Failed", requested: { revision: "v2" }, retryAt: expect.any(Number) });
    expect((await state()).failedInput).toBeUndefined();
    expect(live("settings")).toMatchObject({ data: { colour: "blue" } });
  });
});
