import { Failure } from "../../model/failure.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import type { WatchEvent, WatchQuery } from "../../ports/cluster.ts";
import { ConnectionBroken } from "./broken.ts";
import type { Kinds } from "./kinds.ts";
import { liveObject } from "./objects.ts";
import { collectionPath } from "./paths.ts";
import type { OpenStream, Send } from "./requests.ts";
import { parseJson, readStatus } from "./status.ts";

const asMetadata = (kind: string): string => `application/json;as=${kind};g=meta.k8s.io;v=v1`;
/** Ten times what etcd stores; one event is one object. */
const EVENT_BYTES = 16 * 1024 * 1024;

/** A watch of one kind over a connection of its own, one event a line. */
export async function* watchObjects(
  world: { readonly cluster: string; readonly send: Send; readonly open: OpenStream; readonly kinds: Kinds },
  query: WatchQuery,
  stop: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const { cluster, send, open, kinds } = world;
  const served = await kinds.find(query.apiVersion, query.kind);
  if (!served) return yield { kind: "absent" };
  const path = collectionPath(served, query.namespace);
  const selector = query.fieldSelector === undefined ? {} : { fieldSelector: query.fieldSelector };
  const trouble = (message: string) =>
    new Failure("ClusterUnreachable", cluster, `Cluster ${cluster} could not watch ${query.kind}: ${message}`);

  const versionNow = async (): Promise<string | WatchEvent> => {
    const parameters = new URLSearchParams({ limit: "1", ...selector });
    const answer = await send({
      method: "GET",
      path: `${path}?${parameters}`,
      headers: { accept: asMetadata("PartialObjectMetadataList") },
    });
    if (answer.status >= 300) return refusal(answer.status, readStatus(answer).message, trouble);
    const version = versionOf(parseJson(answer.body));
    if (version === undefined) throw trouble("it answered with a list that has no version");
    return version;
  };

  const since = query.since ?? (await versionNow());
  if (typeof since !== "string") return yield since;
  if (query.since === undefined) yield { kind: "reached", resourceVersion: since };
  const parameters = new URLSearchParams({ watch: "1", allowWatchBookmarks: "true", resourceVersion: since, ...selector });
  try {
    const answer = await open({ path: `${path}?${parameters}`, headers: { accept: asMetadata("PartialObjectMetadata") } }, stop);
    if (answer.status >= 300) {
      const body = await whole(answer.chunks);
      return yield refusal(answer.status, readStatus({ ...answer, body }).message, trouble);
    }
    for await (const line of linesOf(answer.chunks)) {
      const event = eventOf(parseJson(line), query);
      if (event === undefined) throw trouble("it told of something that cannot be read");
      yield event;
      if (event.kind === "expired") return;
    }
  } catch (error) {
    if (!(error instanceof ConnectionBroken)) throw error;
    if (!stop.aborted) throw trouble(`${error.message}.`);
  }
}

const refusal = (status: number, message: string, trouble: (message: string) => Failure): WatchEvent => {
  if (status === 410) return { kind: "expired" };
  if (status === 403 || status === 405) return { kind: "forbidden", reason: message };
  if (status === 404) return { kind: "absent" };
  throw trouble(message);
};

const eventOf = (value: Json | undefined, { apiVersion, kind }: WatchQuery): WatchEvent | undefined => {
  if (!isJsonObject(value) || !isJsonObject(value.object)) return undefined;
  if (value.type === "ERROR") return value.object.code === 410 ? { kind: "expired" } : undefined;
  if (value.type === "BOOKMARK") {
    const resourceVersion = versionOf(value.object);
    return resourceVersion === undefined ? undefined : { kind: "reached", resourceVersion };
  }
  const object = liveObject(value.object, { apiVersion, kind });
  if (!object) return undefined;
  if (value.type === "DELETED") return { kind: "deleted", object };
  return value.type === "ADDED" || value.type === "MODIFIED" ? { kind: "changed", object } : undefined;
};

const versionOf = (value: Json | undefined): string | undefined => {
  const metadata = isJsonObject(value) ? value.metadata : undefined;
  return isJsonObject(metadata) && typeof metadata.resourceVersion === "string" ? metadata.resourceVersion : undefined;
};

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, end)]);
      rest = [];
      size = 0;
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > EVENT_BYTES) throw new ConnectionBroken(`an event of more than ${EVENT_BYTES} bytes`);
  }
}

const whole = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => Buffer.concat(await Array.fromAsync(chunks));
