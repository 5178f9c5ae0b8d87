import type { Cage } from "../../shared/ports/cage.ts";
import type { Charts } from "../../shared/ports/charts.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import { fakeCluster } from "../fakes/fake-cluster.ts";
import { freeGate } from "../simulation/free.ts";
import { gatedCluster } from "../simulation/ports/cluster.ts";
import { gatedCage, gatedCharts } from "../simulation/ports/others.ts";
import { gatedQueue, type QueueStore, queueStore } from "../simulation/ports/queue.ts";
import { randomOf } from "../simulation/random.ts";
import { openTrace } from "../simulation/trace.ts";

/** The ports of the simulator with nothing going wrong on them, for contract suites. */
export const simulatedCluster = (): Cluster => gatedCluster(fakeCluster(), "harbor", freeGate().call);

export const simulatedCharts = (charts: Charts): Charts => gatedCharts(charts, freeGate().call);

export const simulatedCage = (): Cage => gatedCage(freeGate().call);

/** `pass` lets so many milliseconds pass. */
export interface SimulatedQueue<M> {
  readonly queue: Queue<M>;
  readonly store: QueueStore;
  pass(milliseconds: number): void;
}

export const simulatedQueue = <M>(): SimulatedQueue<M> => {
  const { call, timeline } = freeGate();
  const world = { timeline, random: randomOf("queue"), trace: openTrace(() => 0, false), faults: [], strike: () => undefined };
  const store = queueStore({ name: "notices", visibility: 360, receives: 5 }, world);
  const pass = (milliseconds: number) => {
    timeline.after(milliseconds, () => undefined);
    while (timeline.step());
  };
  return { queue: gatedQueue<M>(store, call), store, pass };
};
