import { listAnnotation, type Manifest } from "../model/manifest.ts";

const annotation = "argocd.argoproj.io/compare-options";

/** Comma-separated wishes of the annotation `compare-options`, on an Application for all of its objects or on one object. */
interface Annotated {
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Whether what an admission webhook, or the server, would write into fields that are not ours is a difference.
 * (`ServerSideDiff` needs no reading: every comparison is the server's, and there is no other to go back to.)
 */
export const includesMutationWebhook = ({ annotations }: Annotated, object: Manifest): boolean =>
  listAnnotation(asObject(annotations), annotation).includes("IncludeMutationWebhook=true") ||
  listAnnotation(object, annotation).includes("IncludeMutationWebhook=true");

/** Whether an object that Git does not have leaves the Application Synced: as Argo CD has it, by the live object's own annotation. */
export const ignoresExtraneous = (live: Manifest): boolean => listAnnotation(live, annotation).includes("IgnoreExtraneous");

const asObject = (annotations: Annotated["annotations"]): Manifest => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name: "", annotations },
});
