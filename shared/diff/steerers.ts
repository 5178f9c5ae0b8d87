import type { Manifest } from "../model/manifest.ts";
import type { Cluster } from "../ports/cluster.ts";
import { hasReplicas, steeredBy, steererKinds } from "./steered.ts";

/**
 * Which of these objects an autoscaler steers. Asked only of objects that moved, so that looking where nothing moved costs nothing. An
 * autoscaler that we may not list steers nothing as far as we know.
 */
export const steeredOf = async (cluster: Cluster, moved: readonly Manifest[]): Promise<(object: Manifest) => boolean> => {
  const namespaces = new Set(moved.filter(hasReplicas).flatMap(({ metadata }) => metadata.namespace ?? []));
  const lists = [...namespaces].flatMap((namespace) => steererKinds.map((kind) => cluster.list({ ...kind, namespace })));
  const answers = await Promise.all(lists);
  return steeredBy(answers.flatMap((answer) => (answer.state === "listed" ? answer.objects : [])));
};
