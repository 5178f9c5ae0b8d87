import { isJsonObject } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { ObjectAddress } from "../../shared/ports/cluster.ts";
import type { FakeCluster } from "../fakes/fake-cluster.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface ControllersWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  /** What they make ready turns bad for a while first. */
  readonly flapping: () => boolean;
  /** Milliseconds more until a new kind is served. */
  readonly lateKinds: () => number;
}

/** What a cluster's own controllers do: Deployments roll out, Jobs complete and CRDs are established, some time after they were written. */
export const controllersOf = (cluster: () => FakeCluster, { timeline, random, flapping, lateKinds }: ControllersWorld) => {
  const addressOf = ({ apiVersion, kind, metadata }: Manifest): ObjectAddress => ({
    apiVersion,
    kind,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
  });
  /** Of what stands by then: a rollout that was begun for an older spec does not end with its numbers. */
  const write = (object: Manifest, statusOf: (live: Manifest) => NonNullable<Manifest[string]>): void => {
    const at = addressOf(object);
    const stands = cluster()
      .objects()
      .some((live) => live.metadata.uid === object.metadata.uid);
    if (stands) cluster().edit(at, "kube-controller-manager", (live) => ({ ...live, status: statusOf(live) }));
  };
  return (after: Manifest | undefined, before: Manifest | undefined): void => {
    if (after === undefined || JSON.stringify(after.spec) === JSON.stringify(before?.spec)) return;
    if (after.kind === "Deployment") {
      if (flapping())
        timeline.after(random.between(500, 5_000), () => write(after, (live) => rollout(live, "False", "ProgressDeadlineExceeded")));
      timeline.after(random.between(6_000, 20_000), () => write(after, (live) => rollout(live, "True", "NewReplicaSetAvailable")));
    }
    if (after.kind === "CustomResourceDefinition")
      timeline.after(random.between(50, 800) + lateKinds(), () => write(after, () => established));
    if (after.kind === "Job") timeline.after(random.between(2_000, 25_000), () => write(after, () => completed));
  };
};

const rollout = ({ spec }: Manifest, status: string, reason: string) => {
  const replicas = isJsonObject(spec) ? (spec.replicas ?? 1) : 1;
  const conditions = [{ type: "Progressing", status, reason }];
  return { observedGeneration: 1, replicas, updatedReplicas: replicas, availableReplicas: replicas, conditions };
};

const established = {
  conditions: [
    { type: "NamesAccepted", status: "True" },
    { type: "Established", status: "True" },
  ],
};
const completed = { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] };

export const isEstablished = ({ status }: Manifest): boolean =>
  isJsonObject(status) && JSON.stringify(status.conditions) === JSON.stringify(established.conditions);
