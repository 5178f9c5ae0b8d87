import { z } from "zod";
import type { ControlPlane } from "../../infra/local/control-plane/start.ts";
import { kubectl } from "../support/kubectl.ts";
import type { SoakApplication, Wished } from "./wished.ts";

const List = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      data: z.record(z.string(), z.string()).optional(),
      spec: z.object({ replicas: z.number() }).optional(),
    }),
  ),
});

/** What is in the clusters that Git does not want, or the other way round: a sentence each. None when every cluster equals Git. */
export const differences = async (
  clusters: readonly ControlPlane[],
  applications: readonly SoakApplication[],
  wished: ReadonlyMap<string, Wished>,
): Promise<readonly string[]> => {
  const found = await Promise.all(clusters.map(objectsOf));
  const live = new Map(found.flatMap((objects) => [...objects]));
  const expected = new Map(applications.flatMap((application) => [...objectsWished(application, wished.get(application.name))]));
  const wrong = [...expected]
    .filter(([id, value]) => live.get(id) !== value)
    .map(([id, value]) => `${id} is ${live.get(id) ?? "absent"}, Git wants ${value}`);
  const extra = [...live].filter(([id]) => !expected.has(id)).map(([id]) => `${id} is there, Git does not want it`);
  return [...wrong, ...extra];
};

const objectsWished = ({ cluster, namespace }: SoakApplication, wish: Wished | undefined): ReadonlyMap<string, string> =>
  new Map([
    ...[...(wish?.settings ?? [])].map(([name, value]) => [`${cluster}/${namespace}/ConfigMap/${name}`, value] as const),
    ...(wish?.replicas === undefined ? [] : [[`${cluster}/${namespace}/Deployment/web`, `${wish.replicas}`] as const]),
  ]);

const objectsOf = async (cluster: ControlPlane): Promise<ReadonlyMap<string, string>> => {
  const { items } = List.parse(JSON.parse(await kubectl(cluster, ["get", "configmaps,deployments", "--all-namespaces", "-o", "json"])));
  return new Map(
    items
      .filter(({ metadata }) => metadata.namespace.startsWith("soak-") && metadata.name !== "kube-root-ca.crt")
      .map(({ kind, metadata, data, spec }) => [
        `${cluster.name}/${metadata.namespace}/${kind}/${metadata.name}`,
        kind === "Deployment" ? `${spec?.replicas}` : (data?.value ?? ""),
      ]),
  );
};
