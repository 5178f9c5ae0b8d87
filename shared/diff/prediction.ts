import type { Manifest } from "../model/manifest.ts";
import type { Cluster } from "../ports/cluster.ts";
import { boundTo } from "./bound.ts";
import { fieldManager } from "./field-manager.ts";
import { applyDeclared } from "./undeclared-fields.ts";

/** What an apply would make of a live object, and that object as it stood at the very same moment. */
export type Prediction =
  | { readonly state: "predicted"; readonly predicted: Manifest; readonly live: Manifest }
  | { readonly state: "refused"; readonly message: string }
  /** Deleted meanwhile, or changed as fast as we looked. */
  | { readonly state: "unsettled" };

/** Controllers write when they like; one that writes more often than this is looked at again by the next scan. */
const looks = 5;

/**
 * A server-side dry run bound to the version that was looked at: were the two of different moments, what a controller wrote in between would
 * look like drift. Without `validate`, fields that the server does not know are left out, as they are when it is applied.
 */
export const predictApply = async (cluster: Cluster, manifest: Manifest, found: Manifest, validate = true): Promise<Prediction> => {
  const at = {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    namespace: manifest.metadata.namespace ?? "",
    name: manifest.metadata.name,
  };
  let live = found;
  for (let look = 0; look < looks; look++) {
    const answer = await applyDeclared(cluster, boundTo(live, manifest), { fieldManager, force: true, dryRun: true, validate });
    if (answer.state === "applied") return { state: "predicted", predicted: answer.object, live };
    if (answer.state === "refused") return { state: "refused", message: answer.message };
    const again = await cluster.get(at);
    if (again.state !== "found") return { state: "unsettled" };
    live = again.object;
  }
  return { state: "unsettled" };
};
