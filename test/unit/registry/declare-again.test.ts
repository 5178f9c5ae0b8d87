import { describe, expect, it } from "vitest";
import { registerObjects } from "../../../shared/registry/register-objects.ts";
import { isDirty, readState } from "../../../shared/state/application-state.ts";
import { groupsOf } from "../../../shared/state/groups.ts";
import { leaseTimes } from "../../../shared/state/leases.ts";
import type { SyncMessage } from "../../../shared/state/messages.ts";
import { syncApplication } from "../../../shared/sync/sync-application.ts";
import type { memoryTable } from "../../fakes/memory-table.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";
import { syncWorld } from "../../support/sync-world.ts";
import { applicationManifest } from "../argocd/manifests.ts";
import { finalizer, openRegistry, told } from "./registry.ts";

/** `web` was declared, and withdrawn again: its own sync forgets it, and a commit declares it anew. */
const withdrawn = async (finalizers: readonly string[]) => {
  const { push, world, control } = await openRegistry();
  const web = applicationManifest({}, { name: "web", finalizers });
  const api = applicationManifest({}, { name: "api" });
  await push([web, api]);
  await push([api]);
  const { table } = world;
  const synced = syncWorld();
  const request = { parent: control, manifests: [web, api], prune: true, approval: undefined, digest: "again" };
  const forget = (from = table, saw?: SyncMessage["saw"]) =>
    syncApplication({ v: 1, application: "web", saw }, { ...synced.world, table: from, syncs: world.syncs });
  const declare = (to = table) => registerObjects(request, { ...world, table: to });
  /** Whatever was asked for by messages, until nobody asks any more. */
  const settle = async () => {
    for (let round = 0; round < 5; round++) {
      for (const { application } of world.syncs.take()) await (application === control.name ? declare() : forget());
    }
  };
  /** A lease time later, by another worker. */
  const takeOver = async () => {
    const saw = await readState(table, "web");
    synced.pass(leaseTimes.length + leaseTimes.margin);
    await forget(table, saw);
  };
  return { table, forget, takeOver, declare, settle, web, world };
};

const standing = async (table: ReturnType<typeof memoryTable>) => {
  const rows = table.items().map(({ pk, sk }) => `${pk} ${sk}`);
  const spec = table.items().find(({ pk, sk }) => pk === "app#web" && sk === "spec");
  const application = spec?.application as unknown as Parameters<typeof groupsOf>[0];
  const [group] = spec === undefined ? [] : groupsOf(application);
  const wanted = [
    "app#web spec",
    "app#web state",
    "apps web",
    "cluster#production app#web",
    "app#control child#web",
    `repo#${group?.repository} group#${group?.id}`,
    `repo#${group?.repository} edge#${group?.id}#web`,
  ];
  const { removal, forgetting, declared } = (await readState(table, "web")) ?? {};
  return { missing: wanted.filter((row) => !rows.includes(row)), removal, forgetting, declared: declared !== undefined };
};
const whole = { missing: [], removal: undefined, forgetting: undefined, declared: true };

describe.each([
  ["without the finalizer", []],
  ["with the finalizer", [finalizer]],
])("an Application %s that is declared again while it is being forgotten", (_, finalizers) => {
  it("stands in the end, whichever moment of forgetting the declaration comes at", async () => {
    for (let at = 1; ; at++) {
      const { table, forget, declare, settle } = await withdrawn(finalizers);
      const slow = interruptedTable(table, at, () => declare());
      await forget(slow.table);
      if (slow.calls() < at) break;
      await settle();
      expect(await standing(table), `after call ${at}`).toEqual(whole);
      expect(at).toBeLessThan(100);
    }
  });

  it("stands in the end, whichever moment of declaring the forgetting comes at", async () => {
    for (let at = 1; ; at++) {
      const { table, forget, declare, settle } = await withdrawn(finalizers);
      const slow = interruptedTable(table, at, () => forget());
      await declare(slow.table);
      await settle();
      expect(await standing(table), `after call ${at}`).toEqual(whole);
      if (slow.calls() < at) break;
      expect(at).toBeLessThan(200);
    }
  });
});

// It slept just before a delete: others finished, the name was declared again, and what it deleted then was the new one's (F-09).
describe("a worker that sleeps while it forgets an Application", () => {
  it("costs the next one of that name nothing, whichever moment it sleeps at", async () => {
    for (let at = 1; ; at++) {
      const { table, forget, takeOver, declare, settle } = await withdrawn([]);
      const slow = interruptedTable(table, at, async () => {
        await takeOver();
        await declare();
      });
      await forget(slow.table);
      if (slow.calls() < at) break;
      const state = await readState(table, "web");
      const parent = await readState(table, "control");
      if (state?.declared === undefined && parent && isDirty(parent)) await declare();
      await settle();
      expect(await standing(table), `after call ${at}`).toEqual(whole);
      expect(at).toBeLessThan(100);
    }
  });
});

// It slept just before it wrote the declaration: others declared all of it, withdrew and forgot it, and what it wrote then was nobody's child.
describe("a worker that sleeps while it declares an Application", () => {
  it("leaves none that its parent does not know, whichever moment it sleeps at", async () => {
    for (let at = 1; ; at++) {
      const { push, world, control } = await openRegistry();
      const { table } = world;
      const web = applicationManifest({}, { name: "web" });
      const api = applicationManifest({}, { name: "api" });
      await push([api]);
      const slow = interruptedTable(table, at, async () => {
        await push([web, api]);
        await push([api]);
        await syncApplication({ v: 1, application: "web" }, { ...syncWorld().world, table, syncs: world.syncs });
      });
      const request = { parent: control, manifests: [web, api], prune: true, approval: undefined, digest: "late" };
      await registerObjects(request, { ...world, table: slow.table });
      if (slow.calls() < at) break;
      const isThere = (await readState(table, "web")) !== undefined;
      const isChild = table.items().some(({ pk, sk }) => pk === "app#control" && sk === "child#web");
      expect({ isThere, isChild }, `after call ${at}`).toEqual({ isThere, isChild: isThere });
      expect(at).toBeLessThan(100);
    }
  });
});

describe("a declaration that comes while the earlier one is being forgotten", () => {
  it("is answered with a sentence, and not with a failure", async () => {
    const { table, forget, declare } = await withdrawn([]);
    const answers: (readonly string[])[] = [];
    for (let at = 1; at < 30; at++) {
      const once = await withdrawn([]);
      await once.forget(interruptedTable(once.table, at, async () => answers.push(told(await once.declare()))).table);
    }
    expect(answers.flat()).toContain(
      "skipped SyncFailed web: Application web is still being removed; it is declared again as soon as it is gone",
    );
    await forget();
    expect(told(await declare())).toEqual(["created Synced web", "unchanged Synced api"]);
    expect(await standing(table)).toEqual(whole);
  });

  it("survives a forgetter that died at it: the next one finishes, and the parent looks again", async () => {
    for (let at = 1; ; at++) {
      const { table, forget, declare, settle, world } = await withdrawn([]);
      const dying = interruptedTable(table, at, () => Promise.reject(new Error("out of memory")));
      const died = await forget(dying.table).then(
        () => false,
        () => true,
      );
      await declare();
      const { fence, beat } = (await readState(table, "web")) ?? { fence: 0, beat: 0 };
      await world.syncs.send([{ body: { v: 1, application: "web", saw: { fence, beat } }, group: "default" }]);
      for (const message of world.syncs.take()) {
        if (message.application === "web") await syncApplication(message, { ...syncWorld().world, table, syncs: world.syncs });
      }
      await settle();
      expect(await standing(table), `after call ${at}`).toEqual(whole);
      if (!died) break;
    }
  });
});
