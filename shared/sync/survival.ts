import { annotationOf, listAnnotation, type Manifest } from "../model/manifest.ts";
import { pruneOptions } from "./plan.ts";

/** Deleting an Application leaves these standing: Argo CD's `Delete=false`, and Helm's `resource-policy: keep`, which means the same. */
export const survivesDeletion = (live: Manifest): boolean =>
  listAnnotation(live, pruneOptions).includes("Delete=false") || annotationOf(live, "helm.sh/resource-policy") === "keep";
