import type { FieldPath } from "./field-path.ts";

/**
 * What is left alone although a person's tool wrote it and Git does not mention it: the status; replicas, which belong to whoever scales when
 * Git leaves them out; a restart, which cannot be undone; finalizers and owners, on which deletion hangs; kubectl's own notes; and what people
 * tell GitOps tools by annotations. Of the metadata only labels and annotations can be drift.
 */
export const leftAlone = (path: FieldPath): boolean => {
  const [first, second, third] = path;
  if (first === "f:metadata" && second !== undefined && second !== "f:labels" && second !== "f:annotations") return true;
  if (first === "f:metadata" && second === "f:annotations" && third !== undefined && ourWords.some((each) => third.startsWith(each)))
    return true;
  if (first !== undefined && wholes.has(first)) return true;
  if (first === "f:spec" && path.length === 2 && second !== undefined && specs.has(second)) return true;
  const last = path.at(-1);
  return last !== undefined && kubectls.has(last);
};

const wholes: ReadonlySet<string> = new Set(["f:apiVersion", "f:kind", "f:status"]);
/** `restartAt` is Argo Rollouts' restart, `finalizers` a Namespace's. */
const specs: ReadonlySet<string> = new Set(["f:replicas", "f:restartAt", "f:finalizers"]);
const ourWords = ["f:argocd.argoproj.io/", "f:fairlead.dev/"];
const kubectls: ReadonlySet<string> = new Set([
  "f:kubectl.kubernetes.io/restartedAt",
  "f:kubectl.kubernetes.io/last-applied-configuration",
]);
