import type { Manifest } from "../model/manifest.ts";
import type { FieldChange } from "../model/operation.ts";
import type { Cluster } from "../ports/cluster.ts";
import { type ForeignOptions, foreignFields } from "./foreign-fields.ts";

/** How the removal of what people's tools added ended. `live` is the object as it stands then. */
export type ForeignRemoval =
  | { readonly state: "none"; readonly live: Manifest }
  | { readonly state: "removed"; readonly live: Manifest; readonly fields: readonly FieldChange[] }
  | { readonly state: "refused"; readonly live: Manifest; readonly fields: readonly FieldChange[]; readonly message: string };

/** Controllers write when they like; an object that moves more often than this is left to the next scan. */
const looks = 5;

/**
 * Takes away what people's tools added, by a JSON patch that holds for this very object as it was looked at. `applied` is the answer to an
 * apply of ours. Lists of a moved object may have moved, too, so it is looked at anew.
 */
export const removeForeignFields = async (cluster: Cluster, applied: Manifest, options: ForeignOptions): Promise<ForeignRemoval> => {
  let live = applied;
  for (let look = 0; look < looks; look++) {
    const { fields, patch } = foreignFields(live, options);
    const { uid, resourceVersion, namespace = "", name } = live.metadata;
    if (patch.length === 0 || uid === undefined || resourceVersion === undefined) return { state: "none", live };
    const at = { apiVersion: live.apiVersion, kind: live.kind, namespace, name };
    const guarded = [{ op: "test", path: "/metadata/uid", value: uid } as const, ...patch];
    const answer = await cluster.patch(at, guarded, { fieldManager: options.fieldManager, resourceVersion });
    if (answer.state === "applied") return { state: "removed", live: answer.object, fields };
    const again = await cluster.get(at);
    if (again.state !== "found" || again.object.metadata.uid !== uid) return { state: "none", live };
    const stands = again.object.metadata.resourceVersion === resourceVersion;
    if (stands && answer.state === "refused") return { state: "refused", live, fields, message: answer.message };
    live = again.object;
  }
  return { state: "none", live };
};
