import { describe, expect, it } from "vitest";
import { Failure } from "../../../../shared/model/failure.ts";
import { readTraffic } from "../../../../shared/state/slots.ts";
import { herdWorld } from "../../../support/herd-world.ts";

const names = Array.from({ length: 1_000 }, (_, at) => `web-${at}`);
const budget = { requests: 40, perSecond: 500 };
/** 1,000 steps of 8 requests. */
const least = 16_000;

const afterOutage = async (workers: number) => {
  const until = 301_000;
  let firstAnswer = Number.POSITIVE_INFINITY;
  const herd = herdWorld({
    workers,
    budget,
    before: (at) => {
      if (at < until) throw new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached.");
      firstAnswer = Math.min(firstAnswer, at);
    },
  });
  await herd.declare(names, "default");
  await herd.wake(names);
  // A message that comes twice serves an Application twice.
  const isDone = () => new Set(herd.served.map(({ application }) => application)).size === names.length;
  await herd.until(() => herd.served.length >= names.length && herd.idle() && isDone());
  return { herd, until, took: Math.max(...herd.served.map(({ at }) => at)) - firstAnswer };
};

describe("a cluster that is back, with 1,000 Applications waiting for it (F-36)", () => {
  it.each([100, 10])(
    "was flooded in its first second, for nobody knew that the others came: %i workers keep to its budget",
    async (workers) => {
      const { herd, until, took } = await afterOutage(workers);
      expect(herd.mostPerSecond(until)).toBeLessThanOrEqual(budget.perSecond);
      expect(herd.mostInFlight()).toBeLessThanOrEqual(budget.requests);
      expect(took).toBeLessThanOrEqual(1.3 * least);
    },
  );

  it("counted each of them twice, and went on at a crawl when hardly anybody waited any more", async () => {
    const { herd } = await afterOutage(100);
    expect((await readTraffic(herd.table, "harbor")).waiting).toBeLessThanOrEqual(100);
  });
});
