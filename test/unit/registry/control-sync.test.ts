import { describe, expect, it } from "vitest";
import { controlApplication } from "../../../shared/config/control-application.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { registerObjects, registryClaims } from "../../../shared/registry/register-objects.ts";
import { withdrawChildren } from "../../../shared/registry/withdraw-children.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { childrenOf } from "../../../shared/state/listed-applications.ts";
import type { PushMessage } from "../../../shared/state/messages.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { syncWorld } from "../../support/sync-world.ts";
import { applicationManifest, manifestOf } from "../argocd/manifests.ts";
import { installationOf } from "../config/installation.ts";

const installation = installationOf(`
controlRepository: { repoURL: "https://github.com/acme/gitops" }
clusters: [{ name: harbor, server: "https://10.0.0.1", credentials: harbor }]
`);

/** The sync of the control repository's Application, with the registry as its last step. */
const open = async () => {
  const pushes = memoryQueue<PushMessage>();
  const here: ReturnType<typeof syncWorld> = syncWorld({
    registry: {
      claims: (manifest, application) => registryClaims(manifest, application, installation),
      withdraw: ({ name }) => withdrawChildren(name, here.world),
      apply: (request) => registerObjects(request, { ...here.world, pushes, installation }),
    },
  });
  await here.declare(controlApplication(installation));
  const push = async (...manifests: readonly Manifest[]) => {
    await here.commit("control", manifests);
    await here.sync("control");
    return here.state("control");
  };
  return { ...here, pushes, push };
};

const app = (name: string) => applicationManifest({}, { name });
const many = (count: number) => Array.from({ length: count }, (_, index) => app(`app-${index}`));

describe("a sync of the control repository", () => {
  it("puts its Applications into the table and other objects into the cluster", async () => {
    const { push, table, live, cluster } = await open();
    const settings = manifestOf("v1", "ConfigMap", { name: "settings", namespace: "default" });
    const state = await push(app("web"), settings);
    expect([state.phase, state.syncStatus]).toEqual(["Succeeded", "Synced"]);
    expect(await childrenOf(table, "control")).toEqual(["web"]);
    expect(live("settings")).toBeDefined();
    expect(cluster.objects().filter(({ kind }) => kind === "Application")).toEqual([]);
  });

  it("fails with the reason where an Application has to be put right, and declares the others", async () => {
    const { push, table } = await open();
    const state = await push(app("good"), applicationManifest({ project: "infrastructure" }, { name: "nginx" }));
    expect(state.phase).toBe("Failed");
    expect(state.reason).toContain("Application nginx asks for project infrastructure, which does not exist");
    expect(await childrenOf(table, "control")).toEqual(["good"]);
  });

  it("succeeds beside kinds that are not read yet, and names them", async () => {
    const { push } = await open();
    const state = await push(app("web"), manifestOf("argoproj.io/v1alpha1", "ApplicationSet", { name: "sets" }));
    expect(state.phase).toBe("Succeeded");
    expect(state.reason).toContain("ApplicationSet argocd/sets cannot be used");
  });

  it("warns of what it took and does not use", async () => {
    // Went wrong: nobody was ever told that a project's rules, an Application's unknown fields or a ConfigMap have no effect.
    const { push } = await open();
    const project = { ...manifestOf("argoproj.io/v1alpha1", "AppProject", { name: "shop" }), spec: { sourceRepos: ["*"] } };
    const state = await push(
      app("web"),
      applicationManifest({ colour: "blue" }, { name: "api" }),
      project,
      manifestOf("v1", "ConfigMap", { name: "argocd-rbac-cm", namespace: "argocd" }),
      manifestOf("v1", "ConfigMap", { name: "argocd-cm", namespace: "argocd" }, { data: { url: "https://argocd.example.com" } }),
    );
    expect(state.phase).toBe("Succeeded");
    expect(state.warnings).toEqual([
      "AppProject argocd/shop: spec.sourceRepos: kept, and not enforced yet",
      "ConfigMap argocd/argocd-cm: url: not read yet and without effect",
      "Application argocd/api: spec.colour is not known and has no effect",
      "ConfigMap argocd/argocd-rbac-cm is not read yet and has no effect",
    ]);
  });

  it("waits with a mass removal until a person says yes to it", async () => {
    const { push, table, sync, world } = await open();
    await push(...many(20));
    const waiting = await push(...many(4));
    expect(waiting.awaiting).toContain("removing 16 of the 20 Applications");
    expect((await readState(table, "app-19"))?.removal).toBeUndefined();
    await wish(table, "control", { approval: waiting.syncedOutput ?? "" }, world.clock.now());
    await sync("control");
    expect((await readState(table, "app-19"))?.removal).toBe("forget");
    expect((await readState(table, "control"))?.awaiting).toBeUndefined();
  });

  it("removes nothing when the repository renders to nothing at all", async () => {
    const { push, table } = await open();
    await push(app("web"), app("api"));
    const state = await push();
    expect((await readState(table, "web"))?.removal).toBeUndefined();
    expect(state.phase).toBe("Failed");
  });
});
