import type { ClusterApis } from "../ports/cluster.ts";

/** `v1`, `apps/v1`, `apps/v1/Deployment`…, sorted: what Helm's `--api-versions` takes and Argo CD passes. */
export const apiVersionsOf = (apis: ClusterApis): string[] => {
  const versions = apis.kinds.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]);
  return [...new Set(versions)].sort();
};
