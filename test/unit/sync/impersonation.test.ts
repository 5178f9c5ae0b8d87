import { describe, expect, it } from "vitest";
import { runAction } from "../../../shared/actions/run-action.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { writeProject } from "../../../shared/state/projects.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { previewSync } from "../../../shared/sync/preview.ts";
import { fakeCluster } from "../../fakes/fake-cluster.ts";
import { settings } from "../../support/cluster-settings.ts";
import { anApplication, configMap, deployment, endJob, isReady, job, syncWorld } from "../../support/sync-world.ts";

const server = "https://harbor.example.com";
const account = "system:serviceaccount:production:deployer";

/** A cluster that remembers as whom each write was made. */
const worldOf = async (impersonation = true) => {
  const fake = fakeCluster();
  const writers: string[] = [];
  const noted = <O extends { readonly as?: string }>(options: O): O => {
    writers.push(options.as ?? "ourselves");
    return options;
  };
  const cluster: Cluster = {
    ...fake,
    apply: (manifest, options) => fake.apply(manifest, noted(options)),
    create: (manifest, options) => fake.create(manifest, noted(options)),
    replace: (manifest, options) => fake.replace(manifest, noted(options)),
    patch: (at, patch, options) => fake.patch(at, patch, noted(options)),
    delete: (at, options) => fake.delete(at, noted(options)),
  };
  const world = syncWorld({ clusters: { connect: async () => cluster, addresses: async () => [server] } });
  await settings(world.table, { impersonation });
  await world.declare(anApplication());
  const name = (namespace: string) =>
    writeProject(world.table, {
      name: "default",
      description: "",
      spec: { destinationServiceAccounts: [{ server, namespace, defaultServiceAccount: "deployer" }] },
    });
  return { ...world, fake, writers, name, who: () => [...new Set(writers.splice(0))] };
};
const hook = job("check", {
  annotations: { "argocd.argoproj.io/hook": "PostSync", "argocd.argoproj.io/hook-delete-policy": "HookSucceeded" },
});

describe("where argocd-cm has syncs impersonated", () => {
  it("every write of a sync is made as the account of its destination: dry runs, applies, hooks, prunes", async () => {
    const { commit, settle, name, who, state, fake } = await worldOf();
    await name("prod*");
    await commit("web", [configMap("a"), configMap("b"), hook]);
    await settle(() => {
      if (fake.objects().some(({ kind }) => kind === "Job")) endJob(fake, "check", "Complete");
    });
    await commit("web", [configMap("a", { colour: "red" })]);
    await settle();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(who()).toEqual([account]);
    for (const verb of ["apply ConfigMap", "create Job", "delete Job", "delete ConfigMap"])
      expect(fake.calls.some((call) => call.startsWith(verb))).toBe(true);
  });

  it("a sync to a destination without an account fails with a sentence, and nothing is written or tried", async () => {
    const { commit, sync, name, who, state, fake } = await worldOf();
    await name("staging");
    await commit("web", [configMap("a")]);
    await sync();
    expect(await state()).toMatchObject({
      phase: "Failed",
      reason: `AppProject default names no service account for the destination of web (server ${server}, namespace production), and syncs are impersonated; add one to spec.destinationServiceAccounts`,
    });
    expect(who()).toEqual([]);
    expect(fake.objects().filter(({ kind }) => kind === "ConfigMap")).toEqual([]);
  });

  it("what stands as Git wants it is compared all the same", async () => {
    const { commit, settle, name, state, declare } = await worldOf();
    await name("production");
    await commit("web", [configMap("a")]);
    await settle();
    await name("staging");
    await declare(anApplication());
    await commit("web", [configMap("a")]);
    await settle();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });
});

// Syncs asked as the account; whatever else wrote or tried asked as ourselves, who may do more than the team.
describe("what is not a sync is impersonated, too", () => {
  const preDelete = job("backup", { annotations: { "argocd.argoproj.io/hook": "PreDelete" } });
  const synced = async (manifests: readonly Manifest[] = [configMap("a")]) => {
    const given = await worldOf();
    await given.name("production");
    await given.commit("web", manifests);
    await given.settle(() => {
      if (given.fake.objects().some(({ kind }) => kind === "Deployment")) isReady(given.fake, "a");
    });
    expect(given.who()).toEqual([account]);
    return given;
  };

  it("deletes an Application's objects and runs its PreDelete hooks as the account", async () => {
    const { table, sync, pass, fake, who } = await synced([configMap("a"), preDelete]);
    await wish(table, "web", { removal: "cascade", trigger: "registry" }, 1);
    for (let steps = 0; steps < 6; steps++) {
      await sync();
      pass(5_000);
      if (fake.objects().some(({ kind }) => kind === "Job")) endJob(fake, "backup", "Complete");
    }
    expect(await readState(table, "web")).toBeUndefined();
    expect(fake.objects().filter(({ kind }) => kind === "ConfigMap" || kind === "Job")).toEqual([]);
    expect(who()).toEqual([account]);
  });

  it("deletes nothing where no account is named, and says so", async () => {
    const { table, sync, fake, who, name, state } = await synced();
    await name("staging");
    await wish(table, "web", { removal: "cascade", trigger: "registry" }, 1);
    await sync();
    expect((await state()).reason).toContain("names no service account for the destination of web");
    expect(fake.objects().filter(({ kind }) => kind === "ConfigMap")).toHaveLength(1);
    expect(who()).toEqual([]);
  });

  it("shows a difference by dry runs of the account, or that there is none", async () => {
    const { commit, world, state, who, name } = await synced();
    await commit("web", [configMap("a", { colour: "red" })]);
    const preview = async () => previewSync(anApplication(), await state(), { ...world, claims: () => false });
    expect((await preview()).results).toMatchObject([{ action: "configured" }]);
    expect(who()).toEqual([account]);
    await name("staging");
    expect((await preview()).results).toMatchObject([
      { code: "SyncFailed", message: expect.stringContaining("AppProject default names no service account") },
    ]);
    expect(who()).toEqual([]);
  });

  it("runs an action as the account", async () => {
    const { world, who, name, pass } = await synced([deployment("a")]);
    const object = { group: "apps", kind: "Deployment", namespace: "production", name: "a" };
    const restart = () => runAction({ application: "web", object, action: "restart", parameters: {} }, world);
    expect(await restart()).toMatchObject([{ action: "configured" }]);
    expect(who()).toEqual([account]);
    pass(1_000);
    await name("staging");
    await expect(restart()).rejects.toThrow("names no service account for the destination of web");
    expect(who()).toEqual([]);
  });

  it("clears away the hooks of a terminated operation as the account", async () => {
    const given = await worldOf();
    await given.name("production");
    await given.commit("web", [hook]);
    await given.sync();
    given.pass(2_000);
    await given.wishTermination();
    await given.sync();
    expect(given.fake.objects().filter(({ kind }) => kind === "Job")).toEqual([]);
    expect(given.who()).toEqual([account]);
  });
});

it("where argocd-cm does not, a sync is made as ourselves, whatever the AppProject names", async () => {
  const { commit, settle, name, who } = await worldOf(false);
  await name("production");
  await commit("web", [configMap("a")]);
  await settle();
  expect(who()).toEqual(["ourselves"]);
});
