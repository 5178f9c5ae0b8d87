import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startControlPlane } from "../../infra/local/control-plane/start.ts";
import { sideBySide } from "../../shared/model/side-by-side.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";
import { scannedFleet } from "./scanned-fleet.ts";
import { timed } from "./thousand-objects.ts";

const [applications, objectsEach, drifted, rounds] = [100, 100, 100, 3];

/** 100 objects among 10,000 edited by hand: from the start of a scan until all of them are as Git has them, in this process (the table in memory). */
export const heal100 = async (): Promise<readonly BenchResult[]> => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
  const controlPlane = await startControlPlane({ name: "bench", folder });
  try {
    const fleet = await scannedFleet(controlPlane, "heal", applications, objectsEach);
    await fleet.scan();
    const times: number[] = [];
    let healed = 0;
    for (let round = 0; round < rounds; round++) {
      const edited = fleet.namespaces.slice(0, drifted).map((namespace) => ({ ...settings, namespace }));
      await sideBySide(edited, 16, (at) => edit(fleet.cluster, at));
      times.push(
        await timed(async () => {
          await fleet.scan();
          await fleet.sync();
        }),
      );
      const values = await sideBySide(edited, 16, async (at) => (await colourOf(fleet.cluster, at)) === "blue");
      healed += values.filter(Boolean).length;
      fleet.rest();
    }
    const ours = spreadOf(times);
    await fleet.cluster.close();
    return [
      {
        name: "heal-100-of-10000",
        unit: "s",
        ours,
        others: {},
        goals: [
          goal("≤ 5 s after the scan starts", ours.max, ours.max <= 5),
          goal(`all ${drifted * rounds} healed`, healed, healed === drifted * rounds),
        ],
      },
    ];
  } finally {
    await controlPlane.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const settings = { apiVersion: "v1", kind: "ConfigMap", name: "object-0" };
type At = typeof settings & { readonly namespace: string };

const edit = async (cluster: Cluster, at: At): Promise<void> => {
  const live = await cluster.get(at);
  const resourceVersion = live.state === "found" ? (live.object.metadata.resourceVersion ?? "") : "";
  const by = { fieldManager: "kubectl-edit", resourceVersion };
  const answer = await cluster.patch(at, [{ op: "replace", path: "/data/colour", value: "red" }], by);
  if (answer.state !== "applied") throw new Error(answer.message);
};

const colourOf = async (cluster: Cluster, at: At): Promise<unknown> => {
  const live = await cluster.get(at);
  return live.state === "found" && typeof live.object.data === "object" && live.object.data !== null && "colour" in live.object.data
    ? live.object.data.colour
    : undefined;
};
