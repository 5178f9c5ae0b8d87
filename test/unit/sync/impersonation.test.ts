import { describe, expect, it } from "vitest";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import { writeProject } from "../../../shared/state/projects.ts";
import { fakeCluster } from "../../fakes/fake-cluster.ts";
import { settings } from "../../support/cluster-settings.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../support/sync-world.ts";

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

it("where argocd-cm does not, a sync is made as ourselves, whatever the AppProject names", async () => {
  const { commit, settle, name, who } = await worldOf(false);
  await name("production");
  await commit("web", [configMap("a")]);
  await settle();
  expect(who()).toEqual(["ourselves"]);
});
