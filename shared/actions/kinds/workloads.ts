import { Failure } from "../../model/failure.ts";
import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { type ActionEffect, type BuiltInAction, timestamp } from "../action.ts";
import { withField } from "../json-patch.ts";

export const change = (live: Manifest, path: readonly string[], value: Parameters<typeof withField>[2]): ActionEffect => ({
  kind: "change",
  object: withField(live, path, value),
});

/** What the field of `spec` says, where it is true or false. */
export const flagOf = (live: Manifest, field: string): boolean => isJsonObject(live.spec) && live.spec[field] === true;

/** As `kubectl rollout restart` does it: the pod template changes, and nothing else. */
const restart: BuiltInAction = {
  name: "restart",
  run: (live, _, now) => change(live, ["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"], timestamp(now)),
};

export const scale: BuiltInAction = {
  name: "scale",
  parameters: ["replicas"],
  run: (live, { replicas = "" }) => {
    if (!/^\d{1,6}$/.test(replicas))
      throw new Failure(
        "ActionRefused",
        live.metadata.name,
        `scale takes replicas, a whole number: replicas=3, and not ${JSON.stringify(replicas)}`,
      );
    return change(live, ["spec", "replicas"], Number(replicas));
  },
};

/** Sets a switch in `spec`, where it is not set yet. */
export const switching = (name: string, field: string, to: boolean, already: string): BuiltInAction => ({
  name,
  unavailable: (live) => (flagOf(live, field) === to ? already : undefined),
  run: (live) => change(live, ["spec", field], to),
});

export const deploymentActions: readonly BuiltInAction[] = [
  restart,
  scale,
  switching("pause", "paused", true, "it is paused already"),
  switching("resume", "paused", false, "it is not paused"),
];
export const statefulSetActions: readonly BuiltInAction[] = [restart, scale];
export const daemonSetActions: readonly BuiltInAction[] = [restart];

/** Asks a controller to look again by an annotation whose value it compares with the last one it saw. */
export const annotating = (name: string, annotation: string): BuiltInAction => ({
  name,
  run: (live, _, now) => change(live, ["metadata", "annotations", annotation], timestamp(now)),
});

export const suspending: readonly BuiltInAction[] = [
  switching("suspend", "suspend", true, "it is suspended already"),
  switching("resume", "suspend", false, "it is not suspended"),
];

/** Flux's objects, all of them alike. */
export const fluxActions: readonly BuiltInAction[] = [annotating("reconcile", "reconcile.fluxcd.io/requestedAt"), ...suspending];
