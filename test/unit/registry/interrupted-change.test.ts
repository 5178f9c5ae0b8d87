import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { registerObjects } from "../../../shared/registry/register-objects.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { readApplication } from "../../../shared/state/applications.ts";
import { syncApplication } from "../../../shared/sync/sync-application.ts";
import type { MemoryTable } from "../../fakes/memory-table.ts";
import { isBareFence } from "../../support/bare-fence.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";
import { syncWorld } from "../../support/sync-world.ts";
import { applicationManifest, manifestOf } from "../argocd/manifests.ts";
import { finalizer, openRegistry } from "./registry.ts";

const labels = { "argocd.argoproj.io/secret-type": "cluster" };
const quay = manifestOf("v1", "Secret", { name: "quay", labels }, { stringData: { name: "quay", server: "https://quay.example" } });
const api = applicationManifest({}, { name: "api" });
const meta = { name: "web", finalizers: [finalizer] };
const before = applicationManifest({}, meta);
const moved = applicationManifest(
  {
    source: { repoURL: "https://github.com/org/moved", path: "apps/web" },
    destination: { name: "quay", namespace: "production" },
  },
  meta,
);
const healing = applicationManifest({ syncPolicy: { automated: { selfHeal: true } } }, meta);

/** Edges and clusters that know of `web`. */
const placesOf = (table: MemoryTable): readonly string[] =>
  table
    .items()
    .filter(({ pk, sk }) => !pk.startsWith("app#") && /#web$/.test(sk))
    .map(({ pk, sk }) => `${pk} ${sk}`)
    .toSorted();

const opened = async (manifests: readonly Manifest[]) => {
  const { world, control, push } = await openRegistry();
  await push([quay, api, ...manifests]);
  /** Whether `other` came, after its call number `at`. */
  const disturbed = async (at: number, web: Manifest, other: () => Promise<unknown>) => {
    const slow = interruptedTable(world.table, at, other);
    const request = { parent: control, manifests: [quay, api, web], prune: true, approval: undefined, digest: "first" };
    await registerObjects(request, { ...world, table: slow.table });
    return slow.calls() >= at;
  };
  const dies = (at: number, web: Manifest) => disturbed(at, web, () => Promise.reject(new Error("killed"))).catch(() => true);
  const sync = () => syncApplication({ v: 1, application: "web" }, { ...syncWorld().world, table: world.table, syncs: world.syncs });
  return { world, push: (more: readonly Manifest[]) => push([quay, api, ...more]), disturbed, dies, sync };
};

type Opened = Pick<Awaited<ReturnType<typeof opened>>, "dies" | "push">;

/** Calls that it takes to declare a new one: the last but one is that for its state. */
const callsOf = async (web: Manifest) => {
  for (let at = 1; ; at++) {
    const { dies } = await opened([]);
    if (!(await dies(at, web))) return at - 1;
  }
};

/** How it stands when nothing comes between. */
const undisturbed = async (web: Manifest) => {
  const { world } = await opened([web]);
  return [await readApplication(world.table, "web"), placesOf(world.table)];
};

describe("a changed declaration that was interrupted", () => {
  // What stood was known by its digest still: Git had it again, it counted as unchanged, and the newer declaration stayed for ever.
  it.each([
    ["its repository and its cluster", moved],
    ["how it is synced", healing],
  ])("is undone when Git has the old one again, wherever it was (%s, F-01)", async (_, changed) => {
    const expected = await undisturbed(before);
    for (let at = 1; ; at++) {
      const { world, push, dies } = await opened([before]);
      const died = await dies(at, changed);
      await push([before]);
      if (!died) break;
      expect([await readApplication(world.table, "web"), placesOf(world.table)], `after call ${at}`).toEqual(expected);
    }
  });

  // Its old repository was polled for ever, and its old cluster could not be taken out of Git.
  it("leaves where it stood before when it is done again (F-01)", async () => {
    const expected = await undisturbed(moved);
    for (let at = 1; ; at++) {
      const { world, push, dies } = await opened([before]);
      const died = await dies(at, moved);
      await push([moved]);
      expect([await readApplication(world.table, "web"), placesOf(world.table)], `after call ${at}`).toEqual(expected);
      if (!died) break;
    }
  });

  it.each([
    ["before it had a state", async ({ dies }: Opened) => dies((await callsOf(before)) - 3, before), false],
    ["when it stood", async ({ push }: Opened) => push([before]), true],
  ])("leaves all of it when it goes (%s, F-01)", async (_, first, stood) => {
    for (let at = 1; ; at++) {
      const { world, push, dies, sync } = await opened([]);
      await first({ push, dies });
      expect((await readState(world.table, "web")) !== undefined).toBe(stood);
      const died = await dies(at, moved);
      await push([]);
      await sync();
      const left = world.table.items().filter((item) => item.pk === "app#web" && !isBareFence(item));
      expect([placesOf(world.table), left], `after call ${at}`).toEqual([[], []]);
      if (!died) break;
    }
  });

  // Its late write took the place of a declaration that stood by then: nobody knew any more where that one had put the Application.
  it.each([
    ["a new one", [], before],
    ["a change", [before], healing],
  ])("leaves nothing where others moved the Application while it slept (%s, F-09)", async (_, stood, late) => {
    const expected = await undisturbed(before);
    for (let at = 1; ; at++) {
      const { world, push, disturbed } = await opened(stood);
      const others = async () => {
        await push([before]);
        await push([moved]);
      };
      const isOver = !(await disturbed(at, late, others));
      await push([before]);
      expect([await readApplication(world.table, "web"), placesOf(world.table)], `after call ${at}`).toEqual(expected);
      if (isOver) break;
    }
  });

  it("is whole where somebody declared the old one again while it slept (F-09)", async () => {
    const expected = await undisturbed(moved);
    for (let at = 1; ; at++) {
      const { world, push, disturbed } = await opened([before]);
      const isOver = !(await disturbed(at, moved, () => push([before])));
      await push([moved]);
      expect([await readApplication(world.table, "web"), placesOf(world.table)], `after call ${at}`).toEqual(expected);
      if (isOver) break;
    }
  });
});
