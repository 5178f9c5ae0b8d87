import type { Manifest } from "../../shared/model/manifest.ts";
import type { ApplyAnswer, Cluster } from "../../shared/ports/cluster.ts";
import { readInventory } from "../../shared/state/inventories.ts";
import { leaseTimes } from "../../shared/state/leases.ts";
import { anApplication, configMap, syncWorld } from "./sync-world.ts";

export const leaseTime = leaseTimes.length + leaseTimes.margin;

/** A worker that stands still just before it creates ConfigMap `late`, and what goes on meanwhile. */
export const frozen = async (
  meanwhile: (world: ReturnType<typeof syncWorld>, takeOver: () => Promise<unknown>) => Promise<unknown>,
  application = anApplication(),
  refusal: (manifest: Manifest) => ApplyAnswer | undefined = () => undefined,
) => {
  const world = syncWorld();
  const { cluster } = world;
  let froze = false;
  const takeOver = async () => {
    const { fence, beat } = await world.state();
    world.pass(leaseTime);
    return world.sync("web", { fence, beat });
  };
  const apply: Cluster["apply"] = async (manifest, how) => {
    const refused = refusal(manifest);
    if (refused) return refused;
    if (manifest.metadata.name === "late" && !how.dryRun && !froze) {
      froze = true;
      await meanwhile(world, takeOver);
    }
    return cluster.apply(manifest, how);
  };
  Object.assign(world.world, { clusters: { connect: async () => ({ ...cluster, apply }) } });
  await world.declare(application);
  await world.commit("web", [configMap("own")]);
  await world.sync();
  await world.commit("web", [configMap("own"), configMap("late")]);
  await world.sync();
  const owned = async () => [...(await readInventory(world.table, world.artifacts, "web")).values()].map(({ key }) => key.name);
  return { ...world, owned };
};
