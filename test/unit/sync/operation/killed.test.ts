import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const at = (wave: number, hook?: string): Partial<Manifest["metadata"]> => ({
  annotations: { "argocd.argoproj.io/sync-wave": String(wave), ...(hook && { "argocd.argoproj.io/hook": hook }) },
});
const manifests = [
  job("before", at(0, "PreSync")),
  ...[1, 2, 3, 4, 5].map((wave) => configMap(`wave-${wave}`, {}, at(wave))),
  ...["beside-it", "last-of-it"].map((name) => configMap(name, {}, at(5))),
  job("after", at(0, "PostSync")),
];

class Killed extends Error {}

/** Plays the operation to its end; the worker dies once, before its call of this number. Answers what the cluster was asked to write. */
const play = async (stepTime: number | undefined, killAt?: number) => {
  let calls = 0;
  const alive = () => {
    if (++calls === killAt) throw new Killed();
  };
  const given = syncWorld({ before: alive });
  Object.assign(given.world, { stepTime });
  const { cluster, state, pass, sync } = given;
  await given.declare(anApplication());
  await given.commit("web", manifests);
  let saw: { fence: number; beat: number } | undefined;
  for (let step = 0; (await state()).phase !== "Succeeded"; step++) {
    if (step > 60) throw new Error(`stuck: ${JSON.stringify(await state())}`);
    try {
      const next = await sync("web", saw);
      saw = next.done ? undefined : next.again.saw;
      pass(next.done ? 1_000 : next.seconds * 1000);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      pass(1_000);
    }
    for (const name of ["before", "after"]) if (given.live(name, "Job")) endJob(cluster, name, "Complete");
  }
  const objects = cluster.objects().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const creates = cluster.calls.filter((call) => call.startsWith("create "));
  return { calls, objects: objects.toSorted(), creates, history: await given.history(), state: await state() };
};

describe.each([
  ["an operation of five waves and two hooks", undefined],
  ["one whose steps have time for one object each", 0],
])("%s", async (_, stepTime) => {
  const undisturbed = await play(stepTime);

  it("comes to its end undisturbed", () => {
    expect(undisturbed.state).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(undisturbed.creates).toEqual(["create Job production/before", "create Job production/after"]);
  });

  it.each(Array.from({ length: undisturbed.calls }, (_, index) => index + 1))(
    "ends the same when its worker is killed before its call %i of the cluster",
    async (call) => {
      const killed = await play(stepTime, call);
      expect(killed.objects).toEqual(undisturbed.objects);
      expect(killed.state).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
      expect(killed.history.map(({ kind }) => kind)).toEqual(["synced"]);
      expect(killed.creates.filter((line) => line.includes("before")).length).toBeLessThanOrEqual(2);
    },
  );
});
