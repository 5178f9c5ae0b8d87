import { isJsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { annotationOf } from "../model/manifest.ts";
import { formatKey, keyOf, type ResourceKey } from "../model/resource-key.ts";
import { defaultTracking, type Tracking } from "../model/tracking.ts";
import { fieldManager } from "./field-manager.ts";
import { applyEntryOf } from "./managed-fields.ts";

export const trackingAnnotation = "argocd.argoproj.io/tracking-id";
const installationAnnotation = "argocd.argoproj.io/installation-id";

/** `web:apps/Deployment:production/web`, as Argo CD writes it. */
const trackingId = (application: string, key: ResourceKey): string => `${application}:${formatKey(key)}`;

/** An object as it is applied: marked as this Application's by the method in force. */
export const tracked = (manifest: Manifest, application: string, tracking: Tracking = defaultTracking): Manifest => {
  const { metadata } = manifest;
  const annotations = tracking.method === "label" ? metadata.annotations : idsOf(manifest, application, tracking);
  const labels =
    tracking.method === "annotation" ? metadata.labels : { ...metadata.labels, [tracking.labelKey]: labelOf(application, tracking) };
  return { ...manifest, metadata: { ...metadata, ...(annotations && { annotations }), ...(labels && { labels }) } };
};

/** Hooks carry the id whatever the method: they are told from other objects by it, and are gone soon. */
export const trackedHook = (hook: Manifest, application: string, tracking: Tracking): Manifest => {
  const marked = tracked(hook, application, tracking);
  return { ...marked, metadata: { ...marked.metadata, annotations: idsOf(hook, application, tracking) } };
};

const idsOf = (manifest: Manifest, application: string, { installationId }: Tracking): Readonly<Record<string, string>> => {
  const { [installationAnnotation]: _, ...others } = manifest.metadata.annotations ?? {};
  return {
    ...others,
    [trackingAnnotation]: trackingId(application, keyOf(manifest)),
    ...(installationId !== "" && { [installationAnnotation]: installationId }),
  };
};

/** What fits into a label, beside an id that has the whole name. By itself it has to be the name: the server refuses one that is too long. */
const labelOf = (application: string, { method }: Tracking): string =>
  method === "label" ? application : application.slice(0, 63).replace(/[^A-Za-z0-9]+$/, "");

/** The Application that an object's tracking id names. An id that names another object is a copy (made by HNC and the like) and means nobody. */
export const trackerOf = (live: Manifest): string | undefined => {
  const id = annotationOf(live, trackingAnnotation);
  if (id === undefined) return undefined;
  const colon = id.indexOf(":");
  if (colon < 1) return undefined;
  return id.slice(colon + 1) === formatKey(keyOf(live)) ? id.slice(0, colon) : undefined;
};

export const hasTrackingId = (live: Manifest): boolean => annotationOf(live, trackingAnnotation) !== undefined;

/** What a live object says about whose it is. */
export interface Claim {
  /** By an id that names the object itself, of our installation: no copy. */
  readonly tracker?: string;
  /** Whose it is in another installation, for people. */
  readonly elsewhere?: string;
  /** By what a copy or a chart would say as well, or by marks of another method: whoever has the object in its inventory is meant. */
  readonly hints: readonly string[];
}

export const claimOf = (live: Manifest, tracking: Tracking): Claim => {
  const [named, labelled] = [trackerOf(live), live.metadata.labels?.[tracking.labelKey]];
  const hints = [...new Set([labelled ?? "", named ?? ""])].filter((name) => name !== "");
  if (tracking.method === "label" || named === undefined) return { hints };
  const installation = annotationOf(live, installationAnnotation) ?? "";
  // Our own installation may have had another id when it was applied: what our apply wrote is no other's.
  if (installation === tracking.installationId || (installation !== "" && isOurs(live, installationAnnotation)))
    return { tracker: named, hints: [] };
  return installation === "" ? { hints } : { elsewhere: `${named} of installation ${installation}`, hints: [] };
};

const isOurs = (live: Manifest, annotation: string): boolean => ownedKeys(live, "annotations").includes(annotation);

/** The Application that an object is tracked for, as the method in force has it. A label is believed: Argo CD does so, too. */
export const namedBy = (live: Manifest, tracking: Tracking): string | undefined =>
  tracking.method === "label" ? live.metadata.labels?.[tracking.labelKey] || undefined : claimOf(live, tracking).tracker;

/**
 * An object as it was applied while another method was in force: with the marks that our last apply left on it instead of today's. So that a
 * change of method is no drift. `bare`: without marks.
 */
export const trackedAsBefore = (bare: Manifest, live: Manifest, application: string): Manifest => {
  const { annotations, labels, ...metadata } = bare.metadata;
  const names = new Set([application, labelOf(application, { ...defaultTracking, method: "annotation+label" })]);
  const ids = [trackingAnnotation, installationAnnotation];
  const before = {
    annotations: asBefore(annotations, live, "annotations", (key) => ids.includes(key)),
    labels: asBefore(labels, live, "labels", (_, value) => names.has(value)),
  };
  return {
    ...bare,
    metadata: {
      ...metadata,
      name: bare.metadata.name,
      ...(before.annotations && { annotations: before.annotations }),
      ...(before.labels && { labels: before.labels }),
    },
  };
};

/** Git's own, and what else we own there; of a mark that Git has, too, what stands. */
const asBefore = (
  written: Readonly<Record<string, string>> | undefined,
  live: Manifest,
  part: "annotations" | "labels",
  isMark: (key: string, value: string) => boolean,
): Readonly<Record<string, string>> | undefined => {
  const stands = live.metadata[part] ?? {};
  const marks = ownedKeys(live, part).flatMap((key) => {
    const value = stands[key];
    return value !== undefined && (written?.[key] === undefined || isMark(key, value)) ? [[key, value] as const] : [];
  });
  return marks.length === 0 ? written : { ...written, ...Object.fromEntries(marks) };
};

/** Keys that our last apply wrote. */
const ownedKeys = (live: Manifest, part: "annotations" | "labels"): readonly string[] => {
  const metadata = applyEntryOf(live, fieldManager)?.fieldsV1?.["f:metadata"];
  const owned = isJsonObject(metadata) ? metadata[`f:${part}`] : undefined;
  return isJsonObject(owned) ? Object.keys(owned).flatMap((key) => (key.startsWith("f:") ? [key.slice(2)] : [])) : [];
};
