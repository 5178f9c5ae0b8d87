import type { Application } from "../model/application.ts";

export const skipAnnotation = "argocd.argoproj.io/skip-reconcile";

/** What Go's strconv.ParseBool takes for true; any other word, a slip included, skips nothing (Argo CD's `canProcessApp`). */
const yes: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);

/** Left alone altogether: neither fetched nor compared, synced or deleted, until the annotation goes. */
export const skipsReconcile = ({ annotations }: Pick<Application, "annotations">): boolean => yes.has(annotations[skipAnnotation] ?? "");
