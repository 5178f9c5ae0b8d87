import { Failure } from "../../model/failure.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import type { ClusterApis, ServedKind } from "../../ports/cluster.ts";
import type { Send } from "./requests.ts";
import { parseJson, readStatus } from "./status.ts";

/** One request for all groups, since Kubernetes 1.26 (v2beta1) and 1.30 (v2); an older server answers with the plain list. */
const AGGREGATED = ["v2", "v2beta1"].map((v) => `application/json;g=apidiscovery.k8s.io;v=${v};as=APIGroupDiscoveryList`);
const ACCEPT = [...AGGREGATED, "application/json"].join(",");
const DISCOVERY_BYTES = 64 * 1024 * 1024;

/** Version and every served kind. A group whose own API server is down is named in `unavailable`; the others are there. */
export const discoverApis = async (cluster: string, send: Send): Promise<ClusterApis> => {
  const [version, core, groups] = await Promise.all([
    ask(cluster, send, "/version"),
    groupsAt(cluster, send, "/api"),
    groupsAt(cluster, send, "/apis"),
  ]);
  const all = [...core, ...groups];
  return {
    version: text(isJsonObject(version) ? version.gitVersion : undefined),
    kinds: all.flatMap((group) => group.kinds),
    unavailable: all.filter((group) => group.unavailable).map((group) => group.apiVersion),
  };
};

/** The kinds of one apiVersion; undefined when the server does not serve it. */
export const discoverVersion = async (cluster: string, send: Send, apiVersion: string): Promise<readonly ServedKind[] | undefined> => {
  const answer = await send({ method: "GET", path: pathOfVersion(apiVersion), limit: DISCOVERY_BYTES });
  if (answer.status === 404) return undefined;
  if (answer.status >= 400) throw refusedDiscovery(cluster, readStatus(answer).message);
  return kindsOfResourceList(apiVersion, parseJson(answer.body));
};

export const pathOfVersion = (apiVersion: string): string => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

interface GroupVersion {
  readonly apiVersion: string;
  readonly kinds: readonly ServedKind[];
  readonly unavailable: boolean;
}

const groupsAt = async (cluster: string, send: Send, path: "/api" | "/apis"): Promise<readonly GroupVersion[]> => {
  const body = await ask(cluster, send, path, { accept: ACCEPT });
  if (!isJsonObject(body)) return [];
  if (body.kind === "APIGroupDiscoveryList") return objects(body.items).flatMap(versionsOfGroup);
  const names =
    path === "/api"
      ? strings(body.versions)
      : objects(body.groups).flatMap((group) => objects(group.versions).map((v) => text(v.groupVersion)));
  return Promise.all(names.map((apiVersion) => oneByOne(cluster, send, apiVersion)));
};

/** The way before aggregated discovery: one request per group and version. */
const oneByOne = async (cluster: string, send: Send, apiVersion: string): Promise<GroupVersion> => {
  try {
    const kinds = await discoverVersion(cluster, send, apiVersion);
    return { apiVersion, kinds: kinds ?? [], unavailable: kinds === undefined };
  } catch (error) {
    if (error instanceof Failure && error.code !== "ClusterUnreachable") return { apiVersion, kinds: [], unavailable: true };
    throw error;
  }
};

const versionsOfGroup = (group: Record<string, Json | undefined>): readonly GroupVersion[] => {
  const name = isJsonObject(group.metadata) ? text(group.metadata.name) : "";
  return objects(group.versions).map((version) => {
    const apiVersion = name === "" ? text(version.version) : `${name}/${text(version.version)}`;
    const kinds = objects(version.resources).flatMap((resource): readonly ServedKind[] => {
      const kind = isJsonObject(resource.responseKind) ? text(resource.responseKind.kind) : "";
      const plural = text(resource.resource);
      return kind === "" || plural === ""
        ? []
        : [{ apiVersion, kind, plural, namespaced: resource.scope === "Namespaced", verbs: strings(resource.verbs) }];
    });
    return { apiVersion, kinds, unavailable: version.freshness === "Stale" };
  });
};

const kindsOfResourceList = (apiVersion: string, body: Json | undefined): readonly ServedKind[] =>
  objects(isJsonObject(body) ? body.resources : undefined).flatMap((resource) => {
    const [kind, plural] = [text(resource.kind), text(resource.name)];
    if (kind === "" || plural === "" || plural.includes("/")) return [];
    return [{ apiVersion, kind, plural, namespaced: resource.namespaced === true, verbs: strings(resource.verbs) }];
  });

const ask = async (
  cluster: string,
  send: Send,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Json | undefined> => {
  const answer = await send({ method: "GET", path, headers, limit: DISCOVERY_BYTES });
  if (answer.status >= 400) throw refusedDiscovery(cluster, readStatus(answer).message);
  return parseJson(answer.body);
};

const refusedDiscovery = (cluster: string, message: string): Failure =>
  new Failure("ClusterForbidden", cluster, `Cluster ${cluster} does not say which kinds it serves: ${message}`);

const objects = (value: Json | undefined) => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const strings = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
