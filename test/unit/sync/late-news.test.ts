import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { syncApplication } from "../../../shared/sync/sync-application.ts";
import { isBareFence } from "../../support/bare-fence.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";
import { anApplication, configMap, deployment, isReady, syncWorld } from "../../support/sync-world.ts";

type Given = ReturnType<typeof syncWorld>;

const committed = async (...manifests: readonly Manifest[]): Promise<Given> => {
  const given = syncWorld();
  await given.declare(anApplication({ finalizers: ["resources-finalizer.argocd.argoproj.io"] }));
  await given.commit("web", manifests);
  return given;
};

const rolledOut = async (): Promise<Given> => {
  const given = await committed(deployment("web"));
  await given.sync();
  isReady(given.cluster, "web");
  return given;
};

const laterWave = { annotations: { "argocd.argoproj.io/sync-wave": "1" } };

/** The Application is withdrawn, and forgotten by others, while a worker sleeps just after its call of this number; false when it made fewer. */
const forgottenDuring = async (at: number, { world, table, pass, sync }: Given): Promise<boolean> => {
  const slow = interruptedTable(table, at, async () => {
    await wish(table, "web", { removal: "cascade", trigger: "registry" }, world.clock.now());
    for (let state = await readState(table, "web"); state; state = await readState(table, "web")) {
      pass(90_000);
      await sync("web", state);
    }
  });
  await syncApplication({ v: 1, application: "web" }, { ...world, table: slow.table });
  return slow.calls() >= at;
};

/**
 * It wrote its event when all else was gone: people heard of an Application that they had withdrawn, and for the next one of that name the same
 * event was told already.
 */
describe("a worker that sleeps while others forget its Application", () => {
  it.each([
    ["of a sync", () => committed(configMap("a"))],
    ["of the first step of several", () => committed(configMap("a"), configMap("b", {}, laterWave))],
    ["of a look at its health", rolledOut],
  ] as const)("leaves no event that people could hear of, at whichever moment %s", async (_, begin) => {
    for (let at = 1; ; at++) {
      const given = await begin();
      if (!(await forgottenDuring(at, given))) break;
      const left = given.table.items().filter((item) => item.pk === "app#web" && !isBareFence(item));
      expect(
        left.map(({ sk }) => sk),
        `after call ${at}`,
      ).toEqual([]);
      expect(at).toBeLessThan(100);
    }
  });
});
