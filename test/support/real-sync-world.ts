import { setTimeout as wait } from "node:timers/promises";
import type { Application } from "../../shared/model/application.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { ApplicationState } from "../../shared/state/application-state.ts";
import type { SyncMessage } from "../../shared/state/messages.ts";
import type { SyncWorld } from "../../shared/sync/ports.ts";
import { kubectl, newNamespace, type TestControlPlane } from "./control-plane.ts";
import { recordedCluster } from "./recorded-cluster.ts";
import { anApplication, syncWorld } from "./sync-world.ts";

/** How long a step of the cluster's own may take on a machine that is busy with other tests. Milliseconds. */
const patience = 25_000;

export interface RealSyncOptions {
  /** Called before each call of the cluster: the worker dies where it throws. */
  readonly before?: () => void;
  /** Called when something was written: the worker dies there, and the answer is lost. */
  readonly after?: (write: string) => void;
  readonly registry?: SyncWorld["registry"];
}

/**
 * The sync stage against a real API server: table, queues and artifacts are in memory, and its clock goes as fast as the waits that it asks for, so
 * that nothing but the cluster takes time. Application `web` goes to a namespace of its own.
 */
export const realSyncWorld = async (controlPlane: TestControlPlane, connection: Cluster, options: RealSyncOptions = {}) => {
  const namespace = await newNamespace(controlPlane, "sync");
  const { cluster, writes, tried } = recordedCluster(connection, options.before, options.after);
  const given = syncWorld({
    clusters: { connect: async () => cluster },
    pause: (milliseconds) => wait(milliseconds),
    ...(options.registry && { registry: options.registry }),
  });
  const by = (...args: readonly string[]) => kubectl(controlPlane, ["-n", namespace, ...args]);
  let saw: SyncMessage["saw"];
  /** One step, and the wait that it asks for; answers whether it asked for another. */
  const step = async (application = "web"): Promise<boolean> => {
    const next = await given.sync(application, saw);
    saw = next.done ? undefined : next.again.saw;
    given.pass(next.done ? 0 : next.seconds * 1000);
    return !next.done;
  };
  /** Steps until the state is as it should be, or for ever too long. */
  const until = async (is: (state: ApplicationState) => boolean, application = "web"): Promise<ApplicationState> => {
    const deadline = Date.now() + patience;
    for (;;) {
      await step(application);
      const state = await given.state(application);
      if (is(state)) return state;
      if (Date.now() > deadline) throw new Error(`it never came: ${JSON.stringify(state)}`);
      await wait(30);
    }
  };
  return {
    ...given,
    namespace,
    connection: cluster,
    /** What the cluster was asked to write, and what to try, in order. */
    writes,
    tried,
    /** An Application in the namespace of this world. */
    application: (change: Partial<Application> = {}): Application =>
      anApplication({ destination: { name: "harbor", namespace }, ...change }),
    step,
    until,
    /** Steps until the operation has succeeded or failed. */
    ended: (application = "web") =>
      until(
        ({ phase, desiredGeneration, observedGeneration }) => phase !== "Running" && desiredGeneration === observedGeneration,
        application,
      ),
    /** kubectl in the namespace, as a person or a controller. */
    by,
    /** One field of a live object by JSON path, "" where there is none. */
    field: (object: string, path: string) => by("get", "--ignore-not-found", object, "-o", `jsonpath=${path}`),
    /** Live objects of these kinds, such as `configmap/settings`, in the order of their names. */
    names: async (kinds: string) =>
      (await by("get", kinds, "-o", "name"))
        .split("\n")
        .filter((name) => name !== "" && name !== "configmap/kube-root-ca.crt")
        .toSorted(),
  };
};

/** A Job that really runs; `simulate` is `fail` or `hang`. */
export const realJob = (name: string, metadata: Partial<Manifest["metadata"]> = {}, simulate?: "fail" | "hang"): Manifest => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name, ...metadata },
  spec: { backoffLimit: 0, template: podTemplate("Never", simulate) },
});

/** A Deployment that is really rolled out; `simulate` is `fail` or `hang`. */
export const realDeployment = (name: string, metadata: Partial<Manifest["metadata"]> = {}, simulate?: "fail" | "hang"): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, ...metadata },
  spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: podTemplate("Always", simulate, name) },
});

const podTemplate = (restartPolicy: string, simulate: string | undefined, app = "job") => ({
  metadata: { labels: { app }, ...(simulate && { annotations: { "fairlead.dev/simulate": simulate } }) },
  spec: { restartPolicy, containers: [{ name: "main", image: "registry.example/main:1" }] },
});

/** Annotations of Argo CD's, written short: `argo({ hook: "PreSync", "sync-wave": "1" })`. */
export const argo = (annotations: Readonly<Record<string, string>>): Pick<Manifest["metadata"], "annotations"> => ({
  annotations: Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`argocd.argoproj.io/${name}`, value])),
});
