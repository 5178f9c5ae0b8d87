import { describe, expect, it } from "vitest";
import type { RespectRbac } from "../../../shared/model/customizations.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import { settings } from "../../support/cluster-settings.ts";
import { scanned, withoutSelfHeal } from "../../support/drift-scanned.ts";
import { configMap, deployment } from "../../support/sync-world.ts";

const no = { state: "forbidden", reason: 'configmaps is forbidden: User "fairlead" cannot do that' } as const;
const git = [...Array.from({ length: 20 }, (_, index) => configMap(`settings-${index}`, { by: "git" })), deployment("front")];

type Rights = "all" | "no list" | "nothing";

/** An identity whose rights on ConfigMaps are taken away after the first sync, and what the server says when it is asked. */
const withRights = async (rights: Rights, respectRbac: RespectRbac, allowed?: boolean) => {
  const world = await scanned(withoutSelfHeal, { manifests: git });
  await settings(world.table, { respectRbac });
  const asked: Manifest[] = [];
  const { cluster } = world;
  const limited: Cluster = {
    ...cluster,
    list: async (query) => (query.kind === "ConfigMap" && rights !== "all" ? no : cluster.list(query)),
    get: async (at) => (at.kind === "ConfigMap" && rights === "nothing" ? no : cluster.get(at)),
    create: async (manifest, how) => {
      if (manifest.kind !== "SelfSubjectAccessReview") return cluster.create(manifest, how);
      asked.push(manifest);
      if (allowed === undefined) return { state: "refused", reason: "NotFound", message: "no such kind", fields: [] };
      return { state: "applied", object: { ...manifest, status: { allowed } }, created: true };
    },
  };
  Object.assign(world.world, { clusters: { connect: async () => limited } });
  Object.assign(world.driftWorld, { clusters: { connect: async () => limited } });
  return { ...world, asked };
};

/** A commit that drops half of the ConfigMaps, and how its sync ends. */
const dropHalf = async (given: Awaited<ReturnType<typeof withRights>>) => {
  await given.commit("web", [deployment("front", { labels: { new: "yes" } })]);
  await given.sync();
  const { phase, syncStatus, reason } = await given.state();
  const left = given.cluster.objects().filter(({ kind }) => kind === "ConfigMap").length;
  return { phase, syncStatus, reason: reason ?? "", left };
};

describe("objects that we may not list", () => {
  it("are read one by one where we know their names, whatever argocd-cm says", async () => {
    expect(await dropHalf(await withRights("no list", ""))).toMatchObject({ phase: "Succeeded", left: 0 });
  });

  it("drift as others do", async () => {
    const { cluster, scan, state, history } = await withRights("no list", "");
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings-3" }, "kubectl-edit", (object) => ({
      ...object,
      data: { by: "hand" },
    }));
    await scan();
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
    expect((await history())[0]?.objects).toMatchObject([{ key: { name: "settings-3" } }]);
  });

  it("are found namespace by namespace where that is all that we may list", async () => {
    const { cluster, scan, state, driftWorld } = await scanned(withoutSelfHeal, {
      manifests: ["a", "b", "c", "d", "e"].flatMap((name) => [
        { apiVersion: "v1", kind: "Namespace", metadata: { name } },
        configMap("settings", { by: "git" }, { namespace: name }),
      ]),
    });
    const list: Cluster["list"] = async (query) => (query.namespace === undefined && query.kind === "ConfigMap" ? no : cluster.list(query));
    Object.assign(driftWorld, { clusters: { connect: async () => ({ ...cluster, list }) } });
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "d", name: "settings" }, "kubectl-edit", (object) => ({
      ...object,
      data: { by: "hand" },
    }));
    await scan();
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
  });
});

describe("objects that we may not look at at all, and that Git drops", () => {
  it("fail the sync without resource.respectRBAC, and are not deleted", async () => {
    const { phase, left, reason } = await dropHalf(await withRights("nothing", ""));
    expect([phase, left]).toEqual(["Failed", 20]);
    expect(reason).toContain("cannot be looked at");
  });

  it("are left alone with normal, and are ours to prune when we may look again", async () => {
    const given = await withRights("nothing", "normal");
    expect(await dropHalf(given)).toMatchObject({ phase: "Succeeded", syncStatus: "Synced", left: 20 });
    expect(given.asked).toEqual([]);
    const [event] = await given.history();
    expect(event?.objects).toContainEqual(
      expect.objectContaining({ code: "PruneSkipped", message: expect.stringContaining("resource.respectRBAC leaves it alone") }),
    );
    Object.assign(given.world, { clusters: { connect: async () => given.cluster } });
    await given.commit("web", [deployment("front")]);
    await given.sync();
    expect(given.cluster.objects().filter(({ kind }) => kind === "ConfigMap")).toEqual([]);
  });

  it("are left alone with strict where the server confirms that it is our rights, asked once for each kind and namespace", async () => {
    const given = await withRights("nothing", "strict", false);
    expect(await dropHalf(given)).toMatchObject({ phase: "Succeeded", left: 20 });
    expect(given.asked.map(({ spec }) => spec)).toEqual([
      { resourceAttributes: { group: "", resource: "configmaps", namespace: "production", verb: "list" } },
    ]);
  });

  it.each([true, undefined])("fail the sync with strict where it does not (allowed: %s)", async (allowed) => {
    expect(await dropHalf(await withRights("nothing", "strict", allowed))).toMatchObject({ phase: "Failed", left: 20 });
  });
});

describe("objects that we may not look at, and that Git has", () => {
  it("fail the sync in any case: what nobody can look at cannot be synced", async () => {
    for (const respectRbac of ["", "normal", "strict"] as const) {
      const { commit, sync, state } = await withRights("nothing", respectRbac, false);
      await commit("web", [...git, deployment("back")]);
      await sync();
      expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("cannot be looked at") });
    }
  });

  it("are no drift: neither gone nor healthy nor put right while nobody sees them", async () => {
    const { scan, syncs, state } = await withRights("nothing", "normal");
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });
});
