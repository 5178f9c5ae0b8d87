import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const busy = new Failure("ClusterBusy", "harbor", "harbor is busy (HTTP 429)");
const denied = { reason: "Forbidden", message: "the webhook is not ready" };

/** A cluster that is away for longer than the retries of a failed sync would last, and denies a few requests when it is back. */
const backAfter = async (manifests: readonly Manifest[], { refusals }: { readonly refusals: number }) => {
  let left = refusals;
  const given = syncWorld({ refuse: ({ metadata }) => (metadata.name === "late" && left-- > 0 ? denied : undefined) });
  const { connect } = given.world.clusters;
  Object.assign(given.world.clusters, { connect: () => Promise.reject(busy) });
  await given.declare(anApplication());
  await given.commit("web", manifests);
  for (let step = 0; step < 9; step++) {
    const next = await given.sync();
    given.pass(next.done ? 0 : next.seconds * 1000);
  }
  expect(await given.state()).toMatchObject({ phase: "Failed", attempt: 9, outage: true });
  Object.assign(given.world.clusters, { connect });
  return given;
};

/** A cluster was busy for six minutes, the first request it answered was denied, and the sync gave up although it had never been retried. */
describe("a sync that fails when an outage is over", () => {
  it("has all of its retries left: an outage is none", async () => {
    const { settle, state, live } = await backAfter([configMap("late")], { refusals: 5 });
    await settle();
    expect(await state()).toMatchObject({ phase: "Succeeded", attempt: 0, outages: 0 });
    expect(live("late")).toBeDefined();
  });

  it("has them also where it takes several steps", async () => {
    const late = configMap("late", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } });
    const { settle, state, live } = await backAfter([configMap("early"), late], { refusals: 5 });
    await settle();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
    expect(live("late")).toBeDefined();
  });

  it("has no more than those", async () => {
    const { settle, state } = await backAfter([configMap("late")], { refusals: 50 });
    await settle();
    expect(await state()).toMatchObject({ phase: "Failed", attempt: 9 + 6, outages: 9 });
    expect(await state()).not.toHaveProperty("retryAt");
  });
});
