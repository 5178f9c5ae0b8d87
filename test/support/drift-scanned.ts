import type { DriftSettings } from "../../shared/config/drift-settings.ts";
import type { DriftWorld } from "../../shared/drift/ports.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import type { Application } from "../../shared/model/application.ts";
import { Failure } from "../../shared/model/failure.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Tracking } from "../../shared/model/tracking.ts";
import { readClusterFacts } from "../../shared/state/clusters.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import type { FakeClusterOptions } from "../fakes/fake-cluster.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { trackBy } from "./cluster-settings.ts";
import { driftDefaults } from "./drift-world.ts";
import { anApplication, configMap, syncWorld } from "./sync-world.ts";

const minute = 60_000;

export const withoutSelfHeal: Partial<Application> = {
  syncPolicy: { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
};

export interface ScannedOptions extends FakeClusterOptions {
  readonly settings?: Partial<DriftSettings>;
  readonly manifests?: readonly Manifest[];
  /** What argocd-cm says while it is synced. */
  readonly tracking?: Tracking;
}

/** The server's clock: a second a write. */
const serverTime = () => {
  let seconds = 0;
  return () => new Date(1_700_000_000_000 + ++seconds * 1_000).toISOString().replace(".000Z", "Z");
};

/** An Application that is synced, on a cluster that was scanned once. */
export const scanned = async (
  application: Partial<Application> = {},
  { settings, manifests, tracking, ...options }: ScannedOptions = {},
) => {
  const synced = syncWorld({ time: serverTime(), ...options });
  const pushes = memoryQueue<PushMessage>();
  let trouble: Failure | undefined;
  const connect = async () => {
    if (trouble) throw trouble;
    return synced.cluster;
  };
  const drift = (cluster: string) => ({ ...driftDefaults.drift(cluster), ...settings });
  const world: DriftWorld = { ...synced.world, ...driftDefaults, drift, pushes, clusters: { connect } };
  const scan = async (after = minute) => {
    synced.pass(after);
    await scanCluster("harbor", world);
  };
  if (tracking) await trackBy(synced.table, tracking);
  await synced.declare(anApplication(application));
  await synced.commit("web", manifests ?? [configMap("settings", { colour: "blue", size: "small" })]);
  await synced.sync();
  await scan();
  pushes.take();
  const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" };
  return {
    ...synced,
    at,
    pushes,
    scan,
    driftWorld: world,
    facts: () => readClusterFacts(synced.table, "harbor"),
    breakWith: (failure: Failure | undefined) => {
      trouble = failure;
    },
    edit: (data: Readonly<Record<string, string>>) => synced.cluster.edit(at, "kubectl-edit", (object) => ({ ...object, data })),
  };
};

export const unreachable = new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached: connection refused.");
