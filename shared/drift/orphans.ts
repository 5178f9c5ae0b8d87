import { namedBy } from "../diff/tracking.ts";
import { globMatches } from "../model/glob.ts";
import { annotationOf, type Manifest } from "../model/manifest.ts";
import type { OrphanedResources } from "../model/project.ts";
import { formatKey, keyOf, type ResourceKey } from "../model/resource-key.ts";
import { defaultTracking, type Tracking } from "../model/tracking.ts";

export interface Ownership {
  /** Formatted keys of everything that an Application owns. */
  readonly tracked: ReadonlySet<string>;
  /** Names of the Applications there are: what says that it is one of theirs is no orphan. */
  readonly applications: ReadonlySet<string>;
  /** The project's `orphanedResources.ignore`. */
  readonly ignore: OrphanedResources["ignore"];
  /** How objects say whose they are; the usual way without it. */
  readonly tracking?: Tracking;
}

/**
 * Objects that no Application owns and that nobody made for one that is owned, in the order of their keys. Of an orphan's own objects (a
 * Deployment's pods) only the orphan is named.
 */
export const orphansAmong = (
  objects: readonly Manifest[],
  { tracked, applications, ignore, tracking = defaultTracking }: Ownership,
): readonly ResourceKey[] => {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  const isOwned = (object: Manifest): boolean => {
    const tracker = namedBy(object, tracking);
    return tracked.has(formatKey(keyOf(object))) || (tracker !== undefined && applications.has(tracker));
  };
  const belongs = ({ metadata }: Manifest): boolean =>
    (metadata.ownerReferences ?? []).some(({ uid, controller }) => controller === true || (typeof uid === "string" && uids.has(uid)));
  const orphans = objects.filter(
    (object) => !isOwned(object) && !belongs(object) && !isClustersOwn(object) && !isIgnored(keyOf(object), ignore),
  );
  return orphans.map(keyOf).toSorted((a, b) => formatKey(a).localeCompare(formatKey(b)));
};

/** What every namespace has by itself, or what only says what goes on there. */
const isClustersOwn = (object: Manifest): boolean => {
  const { group, kind, namespace, name } = keyOf(object);
  if (talk.has(`${group}/${kind}`)) return true;
  if (annotationOf(object, "kubernetes.io/service-account.name") !== undefined && kind === "Secret") return true;
  return standing.has(`${group}/${kind}:${name}`) || (namespace === "default" && `${group}/${kind}:${name}` === "/Service:kubernetes");
};

export const talk: ReadonlySet<string> = new Set([
  "/Event",
  "events.k8s.io/Event",
  "coordination.k8s.io/Lease",
  "/Endpoints",
  "discovery.k8s.io/EndpointSlice",
  "metrics.k8s.io/PodMetrics",
]);

const standing: ReadonlySet<string> = new Set([
  "/ServiceAccount:default",
  "/ConfigMap:kube-root-ca.crt",
  "/ConfigMap:openshift-service-ca.crt",
]);

/** As Argo CD's code has it: an empty kind or name is any, an empty group is the core one. */
const isIgnored = ({ group, kind, name }: ResourceKey, ignore: OrphanedResources["ignore"]): boolean =>
  ignore.some(
    (rule) =>
      (rule.kind === "" || globMatches(rule.kind, kind)) &&
      globMatches(rule.group, group) &&
      (rule.name === "" || globMatches(rule.name, name)),
  );
