import { fieldManager } from "../diff/field-manager.ts";
import type { Application } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Cluster } from "../ports/cluster.ts";
import { createObject } from "./write-object.ts";

/**
 * `CreateNamespace=true`: the destination's namespace, with its managed labels and annotations. It carries no tracking annotation and stands
 * in no inventory; answers its name where it was made anew. So that withdrawing the Application does not delete it. One that the sources render themselves is left to them.
 */
export const createNamespace = async (
  application: Application,
  manifests: readonly Manifest[],
  cluster: Cluster,
): Promise<string | undefined> => {
  const name = application.destination.namespace;
  if (name === "" || manifests.some((manifest) => manifest.kind === "Namespace" && manifest.metadata.name === name)) return undefined;
  const { managedNamespaceMetadata: managed } = application.syncPolicy;
  const found = await cluster.get({ apiVersion: "v1", kind: "Namespace", namespace: "", name });
  if (found.state === "found" && managed === undefined) return undefined;
  const namespace: Manifest = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      ...(managed?.labels && { labels: managed.labels }),
      ...(managed?.annotations && { annotations: managed.annotations }),
    },
  };
  // Over one that another Application renders, and has made meanwhile, an apply of nothing would take away all that Git says of it.
  const answer = await (managed === undefined
    ? createObject(namespace, { validate: true }, cluster)
    : cluster.apply(namespace, { fieldManager, force: true }));
  if (answer.state === "refused") {
    throw new Failure("ApplyRefused", name, `CreateNamespace: Namespace ${name} cannot be created: ${answer.message}`);
  }
  return found.state === "absent" && answer.state === "applied" ? name : undefined;
};
