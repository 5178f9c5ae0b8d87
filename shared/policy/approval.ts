import type { Application } from "../model/application.ts";

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const approvedAnnotation = "argocd.argoproj.io/deletion-approved";

/**
 * Whether a person said yes to what `Prune=confirm` and `Delete=confirm` ask: by that annotation on the Application, whose time (RFC 3339) is not
 * before `since` (ms since 1970), when the operation began that asks.
 */
export const isDeletionApproved = ({ annotations }: Pick<Application, "annotations">, since: number): boolean => {
  const written = annotations[approvedAnnotation] ?? "";
  // Kubernetes' times have whole seconds: what was written in the same second as the operation began counts.
  return rfc3339.test(written) && Date.parse(written) >= Math.floor(since / 1_000) * 1_000;
};
