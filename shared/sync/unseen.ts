import { fieldManager } from "../diff/field-manager.ts";
import type { RespectRbac } from "../model/customizations.ts";
import { isJsonObject } from "../model/json.ts";
import { formatKey, groupOf, parseKey, type ResourceKey } from "../model/resource-key.ts";
import type { Cluster, ClusterApis, LiveObject } from "../ports/cluster.ts";

const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" } as const;

/**
 * Which objects that we may not look at are none of our business: `normal` takes the server's 403 for it, `strict` asks whether it is our rights
 * that forbid to list them, and believes only a plain no: whatever else keeps us out may pass.
 */
export const unseenOf = async (
  respectRbac: RespectRbac,
  live: ReadonlyMap<string, LiveObject>,
  { kinds }: ClusterApis,
  cluster: Pick<Cluster, "create">,
): Promise<(key: ResourceKey) => boolean> => {
  if (respectRbac === "") return () => false;
  const forbidden = [...live].flatMap(([name, { state }]) => (state === "forbidden" ? (parseKey(name) ?? []) : []));
  const served = new Map(kinds.map(({ apiVersion, kind, plural }) => [`${groupOf(apiVersion)}/${kind}`, plural]));
  // One whose own API server is away is not forbidden: nobody knows what it serves.
  const known = forbidden.filter(({ group, kind }) => served.has(`${group}/${kind}`));
  if (respectRbac === "normal") return among(known.map(formatKey), formatKey);
  const places = new Map(known.map((key) => [placeOf(key), key]));
  const answers = await Promise.all(
    [...places].map(async ([place, { group, kind, namespace }]) => {
      const resource = served.get(`${group}/${kind}`) ?? "";
      return (await isDenied({ group, resource, namespace, verb: "list" }, cluster)) ? [place] : [];
    }),
  );
  return among(answers.flat(), placeOf);
};

const among = (names: readonly string[], nameOf: (key: ResourceKey) => string): ((key: ResourceKey) => boolean) => {
  const known = new Set(names);
  return (key) => known.has(nameOf(key));
};

const placeOf = ({ group, kind, namespace }: ResourceKey): string => `${group}/${kind}:${namespace}`;

const isDenied = async (
  resourceAttributes: { readonly group: string; readonly resource: string; readonly namespace: string; readonly verb: string },
  cluster: Pick<Cluster, "create">,
): Promise<boolean> => {
  const answer = await cluster.create({ ...review, metadata: { name: "" }, spec: { resourceAttributes } }, { fieldManager });
  return answer.state === "applied" && isJsonObject(answer.object.status) && answer.object.status.allowed === false;
};
