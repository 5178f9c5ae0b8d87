import { annotationOf, listAnnotation, type Manifest } from "../model/manifest.ts";
import { groupOf } from "../model/resource-key.ts";

const syncOptions = "argocd.argoproj.io/sync-options";

const keptByHelm = (live: Manifest): boolean => annotationOf(live, "helm.sh/resource-policy") === "keep";

/** Why an object stays although Git no longer has it. What asks for a person's confirmation stays, too: nobody can give it yet. */
export const survivesPrune = (live: Manifest): "Prune=false" | "Prune=confirm" | "helm.sh/resource-policy: keep" | undefined => {
  const options = listAnnotation(live, syncOptions);
  if (options.includes("Prune=false")) return "Prune=false";
  if (options.includes("Prune=confirm")) return "Prune=confirm";
  return keptByHelm(live) ? "helm.sh/resource-policy: keep" : undefined;
};

/**
 * Deleting an Application leaves these standing: Argo CD's `Delete=false`, what Helm calls `keep`, and CRDs, as in Argo CD: with one go all objects of
 * its kind, whoever owns them.
 */
export const survivesDeletion = (live: Manifest): boolean => {
  const options = listAnnotation(live, syncOptions);
  if (live.kind === "CustomResourceDefinition" && groupOf(live.apiVersion) === "apiextensions.k8s.io") return true;
  return options.includes("Delete=false") || options.includes("Delete=confirm") || keptByHelm(live);
};
