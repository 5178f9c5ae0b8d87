import { isJsonObject, type Json } from "../model/json.ts";
import { annotationOf, type Manifest } from "../model/manifest.ts";
import { groupOf } from "../model/resource-key.ts";

/** On a workload: `git` lets Git decide over replicas although an autoscaler steers them. */
const replicasAnnotation = "fairlead.dev/replicas";

/** Kinds whose objects steer the replicas of others, in the version that is read. */
export const steererKinds = [
  { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
  { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" },
] as const;

/** Whether an object has replicas that an autoscaler could steer. */
export const hasReplicas = ({ spec }: Manifest): boolean => isJsonObject(spec) && typeof spec.replicas === "number";

/** Whether one of these autoscalers steers an object's replicas: they are its own then, unless the object says otherwise. */
export const steeredBy = (steerers: readonly Manifest[]): ((object: Manifest) => boolean) => {
  const targets = new Set(steerers.flatMap((steerer) => targetOf(steerer) ?? []));
  return (object) =>
    annotationOf(object, replicasAnnotation) !== "git" &&
    targets.has(target(object.metadata.namespace ?? "", groupOf(object.apiVersion), object.kind, object.metadata.name));
};

const target = (namespace: string, group: string, kind: string, name: string): string => JSON.stringify([namespace, group, kind, name]);

/** KEDA means a Deployment where nothing is said. */
const targetOf = ({ spec, metadata }: Manifest): string | undefined => {
  const ref = isJsonObject(spec) ? spec.scaleTargetRef : undefined;
  if (!isJsonObject(ref) || typeof ref.name !== "string") return undefined;
  return target(metadata.namespace ?? "", groupOf(text(ref.apiVersion, "apps/v1")), text(ref.kind, "Deployment"), ref.name);
};

const text = (value: Json | undefined, otherwise: string): string => (typeof value === "string" && value !== "" ? value : otherwise);
