import { annotationOf, listAnnotation, type Manifest } from "../model/manifest.ts";
import type { HealthStatus } from "../model/operation.ts";
import { describeKey, groupOf, keyOf } from "../model/resource-key.ts";
import type { CustomHealth, Health } from "./check.ts";
import { healthOf } from "./health.ts";

const worstLast: readonly HealthStatus[] = ["Healthy", "Suspended", "Progressing", "Missing", "Degraded", "Unknown"];

/**
 * The worst of an Application's live objects, with that object's name and words. Objects that are missing do not count (OutOfSync says
 * so already) unless none is left: give `expected`, the number of objects that should live, to have that told as Missing. Neither do hooks,
 * what is annotated `ignore-healthcheck: "true"`, the Application itself, and child Applications of which nothing is known.
 */
export const applicationHealth = (live: readonly Manifest[], application: string, expected = 0, custom?: CustomHealth): Health => {
  const counted = live.filter((object) => !isHook(object));
  if (counted.length === 0 && expected > 0) return { status: "Missing", message: `none of its ${expected} objects is in the cluster` };
  let worst: Health = { status: "Healthy" };
  for (const object of counted) {
    const health = ignoresHealth(object) || isItself(object, application) ? undefined : healthOf(object, custom);
    if (!health || (isApplication(object) && (health.status === "Missing" || health.status === "Unknown"))) continue;
    if (worstLast.indexOf(health.status) > worstLast.indexOf(worst.status))
      worst = { status: health.status, message: told(object, health) };
  }
  return worst;
};

const told = (object: Manifest, { message, status }: Health): string => `${describeKey(keyOf(object))}: ${message ?? status}`;

const ignoresHealth = (object: Manifest): boolean => annotationOf(object, "argocd.argoproj.io/ignore-healthcheck") === "true";

/** Argo CD's or Helm's hook annotation, with whatever types it names. Helm's `crd-install` is an object like any other. */
export const isHook = (object: Manifest): boolean =>
  listAnnotation(object, "argocd.argoproj.io/hook").length > 0 ||
  listAnnotation(object, "helm.sh/hook").some((type) => type !== "crd-install");

const isApplication = (object: Manifest): boolean => groupOf(object.apiVersion) === "argoproj.io" && object.kind === "Application";

const isItself = (object: Manifest, application: string): boolean => isApplication(object) && object.metadata.name === application;
