import { describe, expect, it } from "vitest";
import { registerObjects } from "../../../shared/registry/register-objects.ts";
import { withdrawChildren } from "../../../shared/registry/withdraw-children.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { withdrawApplication } from "../../../shared/state/applications.ts";
import { syncApplication } from "../../../shared/sync/sync-application.ts";
import type { MemoryTable } from "../../fakes/memory-table.ts";
import { isBareFence } from "../../support/bare-fence.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";
import { syncWorld } from "../../support/sync-world.ts";
import { applicationManifest } from "../argocd/manifests.ts";
import { finalizer, openRegistry, told } from "./registry.ts";

const web = applicationManifest({}, { name: "web", finalizers: [finalizer] });
const api = applicationManifest({}, { name: "api" });

/** Whatever tells of `web`; that its parent may have a child of that name tells nobody anything. */
const leftOf = (table: MemoryTable): readonly string[] =>
  table
    .items()
    .filter((item) => item.pk === "app#web" || item.sk === "web" || item.sk === "app#web" || /^edge#.*#web$/.test(item.sk))
    .filter((item) => !isBareFence(item))
    .map(({ pk, sk }) => `${pk} ${sk}`);

/** The declaration of `web` dies after its call number `at`; `died` says whether there were so many. */
const interrupted = async (at: number) => {
  const { world, control, push } = await openRegistry();
  await push([api]);
  const dying = interruptedTable(world.table, at, () => Promise.reject(new Error("killed")));
  const request = { parent: control, manifests: [web, api], prune: true, approval: undefined, digest: "first" };
  const died = await registerObjects(request, { ...world, table: dying.table }).then(
    () => false,
    () => true,
  );
  const synced = syncWorld();
  const sync = () => syncApplication({ v: 1, application: "web" }, { ...synced.world, table: world.table, syncs: world.syncs });
  return { world, push, died, sync, left: () => leftOf(world.table) };
};

describe("an Application whose declaration was interrupted", () => {
  // It had no state by which it could be told to go: its declaration stayed for ever, and so did the project and the cluster that it names.
  it("goes when Git no longer has it, wherever that was (F-01)", async () => {
    for (let at = 1; ; at++) {
      const { world, push, died, sync, left } = await interrupted(at);
      await push([api]);
      if (world.syncs.take().length > 0) await sync();
      expect(left(), `after call ${at}`).toEqual([]);
      if (!died) break;
    }
  });

  it("goes with its parent, and holds it up no longer than others (F-01)", async () => {
    for (let at = 1; ; at++) {
      const { world, died, sync, left } = await interrupted(at);
      const count = await withdrawChildren("control", world);
      await sync();
      expect([await withdrawChildren("control", world), left()], `after call ${at}`).toEqual([1, []]);
      if (!died) break;
      expect(count).toBeLessThanOrEqual(2);
    }
  });

  it("is declared when Git has it again before it is gone (F-01)", async () => {
    for (let at = 1; ; at++) {
      const { world, push, died, sync } = await interrupted(at);
      await push([api]);
      const [first] = told(await push([web, api]));
      await sync();
      if (first?.includes("still being removed")) await push([web, api]);
      const { removal, forgetting, declared } = (await readState(world.table, "web")) ?? {};
      expect([removal, forgetting, declared !== undefined], `after call ${at}`).toEqual([undefined, undefined, true]);
      if (!died) break;
    }
  });

  it("leaves nothing where it was forgotten just before it is told to go", async () => {
    const { world } = await interrupted(1_000);
    const { table } = world;
    const gone = { pk: "app#web", sk: "spec" };
    await table.delete({ pk: "app#web", sk: "state" });
    const late = interruptedTable(table, 2, () => table.delete(gone));
    await withdrawApplication(late.table, "web", "cascade", 0);
    expect((await readState(table, "web"))?.forgetting).toBe(true);
    await syncApplication({ v: 1, application: "web" }, { ...syncWorld().world, table });
    expect(await readState(table, "web")).toBeUndefined();
  });
});

describe("an Application that is forgotten while somebody declares it", () => {
  // Its late state stood without a declaration, and was looked at for ever.
  it("goes once more, whichever moment of the declaration that is (F-09)", async () => {
    for (let at = 1; ; at++) {
      const { world, control, push } = await openRegistry();
      await push([api]);
      const synced = syncWorld();
      const sync = () => syncApplication({ v: 1, application: "web" }, { ...synced.world, table: world.table, syncs: world.syncs });
      const goes = async () => {
        await withdrawApplication(world.table, "web", "forget", 0);
        await sync();
      };
      const slow = interruptedTable(world.table, at, goes);
      const request = { parent: control, manifests: [web, api], prune: true, approval: undefined, digest: "first" };
      await registerObjects(request, { ...world, table: slow.table });
      if (slow.calls() < at) break;
      await push([api]);
      await sync();
      expect(leftOf(world.table), `after call ${at}`).toEqual([]);
    }
  });
});
