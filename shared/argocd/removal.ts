import type { Application } from "../model/application.ts";

/** What Argo CD's finalizer (in the form without and with a way to delete) decides. */
export const removalOf = (application: Pick<Application, "finalizers">): "cascade" | "forget" =>
  cascades(application) ? "cascade" : "forget";

const cascades = ({ finalizers }: Pick<Application, "finalizers">): boolean =>
  finalizers.some((name) => /^resources-finalizer\.argocd\.argoproj\.io(\/(foreground|background))?$/.test(name));
