import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import { keys } from "../../../shared/state/items.ts";
import { scanned } from "../../support/drift-scanned.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";

describe("a cluster that serves another API list", () => {
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "boats.harbor.example" },
    spec: {
      group: "harbor.example",
      names: { kind: "Boat", plural: "boats" },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true }],
    },
  };

  it("has its Applications evaluated again, and only then", async () => {
    const { scan, cluster, pushes } = await scanned();
    await scan();
    expect(pushes.take()).toEqual([]);
    await cluster.apply(crd, { fieldManager: "kubectl", force: true });
    await scan();
    expect(pushes.take()).toEqual([{ v: 1, kind: "application", application: "web" }]);
    await scan();
    expect(pushes.take()).toEqual([]);
  });

  /** More than a page of them. */
  const fleet = Array.from({ length: 600 }, (_, index) => `far-${index}`);

  it.each([
    ["the table", 1_000, "TableUnavailable"],
    ["the queue", 2, "QueueUnavailable"],
  ] as const)("has all of them told at its new facts, whichever call to %s a scan broke at (F-01)", async (what, most, code) => {
    // The facts stood before the first was told: where a scan ended between, the next one found nothing new, and the others were never evaluated.
    for (let at = 1; at <= most; at++) {
      const { scan, cluster, pushes, table, facts, driftWorld } = await scanned();
      for (const name of fleet) await table.put({ ...keys.destined("harbor", name), v: 1 });
      await cluster.apply(crd, { fieldManager: "kubectl", force: true });
      const broken = () => Promise.reject(new Failure(code, what, `${what} is away`));
      const dying = interruptedTable(table, what === "the table" ? at : 0, broken);
      const whole = { ...driftWorld };
      const told: [name: string, knows: boolean][] = [];
      let sent = 0;
      const send: typeof pushes.send = async (messages) => {
        if (what === "the queue" && ++sent === at) await broken();
        const knows = (await facts())?.apiVersions.includes("harbor.example/v1/Boat") === true;
        for (const { body } of messages) if (body.kind === "application") told.push([body.application, knows]);
      };
      Object.assign(driftWorld, { table: dying.table, pushes: { send } });
      await scan().catch(() => undefined);
      Object.assign(driftWorld, whole, { pushes: { send } });
      await scan();
      expect(new Set(told.map(([name]) => name)), `after call ${at}`).toEqual(new Set([...fleet, "web"]));
      expect(told.every(([, knows]) => knows)).toBe(true);
      told.length = 0;
      await scan();
      expect(told, `after call ${at}`).toEqual([]);
      if (what === "the table" && dying.calls() < at) break;
    }
  });

  it("tells of what a scan finds while a slower one still tells of what was before, also where that one ends first", async () => {
    const { scan, cluster, pushes, facts, driftWorld } = await scanned();
    const ships = { ...crd, metadata: { name: "ships.harbor.example" }, spec: { ...crd.spec, names: { kind: "Ship", plural: "ships" } } };
    await cluster.apply(crd, { fieldManager: "kubectl", force: true });
    const away = () => Promise.reject(new Failure("QueueUnavailable", "pushes", "the queue is away"));
    const slow = async () => {
      await cluster.apply(ships, { fieldManager: "kubectl", force: true });
      Object.assign(driftWorld, { pushes: { send: away } });
      await scan();
    };
    Object.assign(driftWorld, { pushes: { send: slow } });
    await scan();
    expect(await facts()).toMatchObject({ toTell: expect.any(Number) });
    Object.assign(driftWorld, { pushes });
    await scan();
    expect(pushes.take()).toEqual([{ v: 1, kind: "application", application: "web" }]);
    expect(await facts()).not.toHaveProperty("toTell");
  });
});
