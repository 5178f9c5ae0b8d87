import type { ControlPlane } from "../../infra/local/control-plane/start.ts";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { sideBySide } from "../../shared/model/side-by-side.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { driftDefaults } from "../support/drift-world.ts";
import { anApplication, syncWorld } from "../support/sync-world.ts";
import { realTime } from "./real-time.ts";

/** Applications that stand in a real cluster as Git has them; the table is in memory. */
export interface ScannedFleet {
  readonly cluster: Cluster;
  readonly namespaces: readonly string[];
  /** What each of them consists of. */
  readonly manifests: readonly Manifest[];
  scan(): Promise<void>;
  /** Syncs that were wished for, until nothing is open. Answers how many. */
  sync(): Promise<number>;
  /** Lets so much time pass that an Application that was healed is healed again at once. */
  rest(): void;
  /** Writes to the table so far, but for what a scan notes of its cluster. */
  written(): number;
}

/** Objects of one Application: ConfigMaps, ServiceAccounts, Services and Deployments in turn. */
const objectsOf = (count: number): readonly Manifest[] =>
  Array.from({ length: count }, (_, at) => {
    const metadata = { name: `object-${at}`, labels: { app: `app-${at}` } };
    const labels = { app: `app-${at}` };
    const containers = [{ name: "web", image: "example.com/web:1" }];
    const kinds: readonly Manifest[] = [
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: { colour: "blue", at: `${at}` } },
      { apiVersion: "v1", kind: "ServiceAccount", metadata },
      { apiVersion: "v1", kind: "Service", metadata, spec: { clusterIP: "None", selector: labels, ports: [{ name: "http", port: 80 }] } },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
      },
    ];
    return kinds[at % kinds.length] ?? { apiVersion: "v1", kind: "ConfigMap", metadata };
  });

export const scannedFleet = async (
  { server, ca, token }: ControlPlane,
  prefix: string,
  applications: number,
  objectsEach: number,
): Promise<ScannedFleet> => {
  const cluster = openCluster({ name: "bench", server: new URL(server), ca, allowLoopback: true }, { token: async () => token });
  const connect = async () => cluster;
  const world = syncWorld({ clusters: { connect }, ...realTime });
  const names = Array.from({ length: applications }, (_, at) => `${prefix}-${at}`);
  const manifests = objectsOf(objectsEach);
  for (const name of names) {
    await world.declare(anApplication({ name, destination: { name: "bench", namespace: name } }));
    await world.commit(name, manifests);
  }
  const settle = async (name: string) => {
    for (let step = 0; step < 50; step++) {
      const next = await world.sync(name);
      const state = await world.state(name);
      if (state.phase === "Failed") throw new Error(state.reason);
      if (next.done || state.phase === "Succeeded") return;
      world.pass(next.seconds * 1000);
    }
  };
  await sideBySide(names, 4, settle);
  world.syncs.take();
  const driftWorld = { ...world.world, ...driftDefaults, pushes: memoryQueue<PushMessage>(), clusters: { connect } };
  let scans = 0;
  const scan = async () => {
    world.pass(60_000);
    scans += 1;
    await scanCluster("harbor", driftWorld);
  };
  return {
    cluster,
    namespaces: names,
    manifests,
    scan,
    sync: async () => {
      const open = [...new Set(world.syncs.take().map(({ application }) => application))];
      await sideBySide(open, 10, settle);
      return open.length;
    },
    rest: () => world.pass(600_000),
    written: () => world.table.writes - 2 * scans,
  };
};
