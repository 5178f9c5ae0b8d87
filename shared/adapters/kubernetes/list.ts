import { Failure } from "../../model/failure.ts";
import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ListAnswer, ListQuery } from "../../ports/cluster.ts";
import { AnswerTooLarge } from "./connection.ts";
import { kindTrouble } from "./kind-trouble.ts";
import type { Kinds } from "./kinds.ts";
import { liveObject } from "./objects.ts";
import { collectionPath } from "./paths.ts";
import type { Send } from "./requests.ts";
import { parseJson, readStatus } from "./status.ts";

/** Objects a page; smaller ones where a page of large objects would not fit into memory. */
const PAGE_SIZES = [500, 50, 5, 1] as const;
const PAGE_BYTES = 64 * 1024 * 1024;
/** How often a list may begin anew because the server forgot where it was (410, after some minutes). */
const RESTARTS = 3;

const metadataOnly = { headers: { accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" } };

type Page =
  | { readonly state: "page"; readonly objects: readonly Manifest[]; readonly next: string }
  | { readonly state: "expired" }
  | Exclude<ListAnswer, { state: "listed" }>;

/** All objects of a kind, page by page. Throws when the answer cannot be trusted to be whole: a list that lacks objects would look like deletions. */
export const listObjects = async (cluster: string, send: Send, kinds: Kinds, query: ListQuery): Promise<ListAnswer> => {
  const served = await kinds.find(query.apiVersion, query.kind);
  if (!served) return { state: "absent" };
  const path = collectionPath(served, query.namespace);

  const pageOf = async (size: number, token: string): Promise<Page> => {
    const parameters = new URLSearchParams({ limit: String(size) });
    if (token !== "") parameters.set("continue", token);
    if (query.labelSelector !== undefined) parameters.set("labelSelector", query.labelSelector);
    if (query.fieldSelector !== undefined) parameters.set("fieldSelector", query.fieldSelector);
    const answer = await send({ method: "GET", path: `${path}?${parameters}`, limit: PAGE_BYTES, ...(query.metadataOnly && metadataOnly) });
    if (answer.status < 300) return readPage(cluster, query, answer.body);
    const { message } = readStatus(answer);
    if (answer.status === 410) return { state: "expired" };
    if (answer.status === 403 || answer.status === 405) return { state: "forbidden", reason: message };
    if (answer.status !== 404) throw await kindTrouble(cluster, send, `Cluster ${cluster} could not list ${query.kind}: ${message}`);
    kinds.forget(query.apiVersion);
    return { state: "absent" };
  };

  const fittingPage = async (token: string, sizes: readonly number[] = PAGE_SIZES): Promise<Page> => {
    const [size = 1, ...smaller] = sizes;
    try {
      return await pageOf(size, token);
    } catch (error) {
      if (!(error instanceof AnswerTooLarge)) throw error;
      if (smaller.length > 0) return fittingPage(token, smaller);
      throw new Failure("LimitExceeded", cluster, `Cluster ${cluster} has a ${query.kind} larger than ${PAGE_BYTES / 2 ** 20} MiB.`);
    }
  };

  for (let start = 0; start <= RESTARTS; start++) {
    const objects: Manifest[] = [];
    let token = "";
    let page = await fittingPage(token);
    while (page.state === "page") {
      for (const object of page.objects) objects.push(object);
      if (page.next === "") return { state: "listed", objects };
      token = page.next;
      page = await fittingPage(token);
    }
    if (page.state !== "expired") return page;
  }
  throw new Failure("ClusterBusy", cluster, `Cluster ${cluster} lost its place in the list of ${query.kind} ${RESTARTS + 1} times.`);
};

const readPage = (cluster: string, { apiVersion, kind }: ListQuery, body: Buffer): Page => {
  const list = parseJson(body);
  const items = isJsonObject(list) ? list.items : undefined;
  const metadata = isJsonObject(list) && isJsonObject(list.metadata) ? list.metadata : {};
  const unreadable = (): Failure =>
    new Failure("ClusterUnreachable", cluster, `Cluster ${cluster} answered with a list of ${kind} that cannot be read.`);
  // `null` is how some servers write an empty list.
  if (items !== null && !Array.isArray(items)) throw unreadable();
  const objects = (items ?? []).map((item) => {
    const object = liveObject(item, { apiVersion, kind });
    if (!object) throw unreadable();
    return object;
  });
  return { state: "page", objects, next: typeof metadata.continue === "string" ? metadata.continue : "" };
};
