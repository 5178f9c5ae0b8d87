import type { ObjectAddress, ServedKind } from "../../ports/cluster.ts";
import { pathOfVersion } from "./discovery.ts";

/** Path of a kind's collection: in one namespace, or in all of them. */
export const collectionPath = (served: ServedKind, namespace: string | undefined): string => {
  const scope = served.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${pathOfVersion(served.apiVersion)}${scope}/${served.plural}`;
};

export const objectPath = (served: ServedKind, at: ObjectAddress): string =>
  `${collectionPath(served, at.namespace)}/${encodeURIComponent(at.name)}`;

/** Why this cannot be one object's address, or undefined. Names that are path segments of their own would reach another object. */
export const addressProblem = (served: ServedKind, at: ObjectAddress): string | undefined => {
  if (!isSegment(at.name)) return `metadata.name ${JSON.stringify(at.name)} cannot be an object's name`;
  if (!served.namespaced) return undefined;
  if (at.namespace === "") return `${at.kind} ${at.name} needs a namespace`;
  return isSegment(at.namespace) ? undefined : `metadata.namespace ${JSON.stringify(at.namespace)} cannot be a namespace's name`;
};

const isSegment = (name: string): boolean => name !== "" && name !== "." && name !== ".." && !/[/%]/.test(name);
