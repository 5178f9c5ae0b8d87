import { Failure } from "../../model/failure.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Cluster, DeleteAnswer, DeleteOptions, LiveObject, ObjectAddress } from "../../ports/cluster.ts";
import type { ClusterAddress, ClusterCredentials } from "./address.ts";
import { openConnection, type RawAnswer } from "./connection.ts";
import { kindTrouble } from "./kind-trouble.ts";
import { kindsOf } from "./kinds.ts";
import { listObjects } from "./list.ts";
import { liveObject } from "./objects.ts";
import { addressProblem, objectPath } from "./paths.ts";
import { type OpenStream, type Pace, realPace, type Send, sendTo, streamFrom } from "./requests.ts";
import { parseJson, readStatus } from "./status.ts";
import { watchObjects } from "./watch.ts";
import { actingAs, writesOver } from "./writes.ts";

/** A Kubernetes API server over one warm HTTP/2 connection. Nothing is asked before the first call. */
export const openCluster = (address: ClusterAddress, credentials: ClusterCredentials, pace: Pace = realPace, most?: number): Cluster => {
  const connection = openConnection(address, credentials.clientCertificate);
  // Watches go on for minutes: beside them a connection that is idle or retired could not be told.
  const watching = openConnection(address, credentials.clientCertificate);
  const closing = new AbortController();
  const open = streamFrom(credentials, watching);
  const close = async () => {
    closing.abort();
    await Promise.all([connection.close(), watching.close()]);
  };
  const openUntilClosed: OpenStream = (request, stop) => open(request, AbortSignal.any([stop, closing.signal]));
  return clusterOver(address.name, sendTo(address, credentials, connection, pace, most), openUntilClosed, close);
};

const clusterOver = (name: string, send: Send, open: OpenStream, close: () => Promise<void>): Cluster => {
  const kinds = kindsOf(name, send);
  const understood = (answer: RawAnswer): Manifest => {
    const object = liveObject(parseJson(answer.body));
    if (object) return object;
    throw new Failure("ClusterUnreachable", name, `Cluster ${name} answered with something that is no Kubernetes object.`);
  };
  /** A 404 that does not name the object means that its kind or group is not where we thought. */
  const missing = (answer: RawAnswer, apiVersion: string): void => {
    if (!readStatus(answer).namesObject) kinds.forget(apiVersion);
  };

  const get = async (at: ObjectAddress): Promise<LiveObject> => {
    const served = await kinds.find(at.apiVersion, at.kind);
    if (!served) return { state: "absent" };
    const problem = addressProblem(served, at);
    if (problem) throw new Failure("ManifestInvalid", at.name, `${problem}.`);
    const answer = await send({ method: "GET", path: objectPath(served, at) });
    if (answer.status < 300) return { state: "found", object: understood(answer) };
    if (answer.status === 404) {
      missing(answer, at.apiVersion);
      return { state: "absent" };
    }
    const status = readStatus(answer);
    if (answer.status === 403) return { state: "forbidden", reason: status.message };
    throw await kindTrouble(name, send, `Cluster ${name} could not give ${at.kind} ${at.name}: ${status.message}`);
  };

  const remove = async (at: ObjectAddress, options: DeleteOptions): Promise<DeleteAnswer> => {
    const served = await kinds.find(at.apiVersion, at.kind);
    if (!served) return { state: "absent" };
    const problem = addressProblem(served, at);
    if (problem) return { state: "refused", reason: "Invalid", message: problem };
    const { uid, resourceVersion, propagation } = options;
    const preconditions = resourceVersion === undefined ? { uid } : { uid, resourceVersion };
    const answer = await send({
      method: "DELETE",
      path: objectPath(served, at),
      headers: { "content-type": "application/json", ...actingAs(options) },
      body: JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", preconditions, propagationPolicy: propagation }),
    });
    if (answer.status < 300) return { state: "deleted" };
    const { reason, message } = readStatus(answer);
    if (answer.status === 409) return { state: "conflict", message };
    if (answer.status !== 404) return { state: "refused", reason, message };
    missing(answer, at.apiVersion);
    return { state: "absent" };
  };

  return {
    discover: (options) => kinds.all(options?.fresh ?? false),
    get,
    list: (query) => listObjects(name, send, kinds, query),
    ...writesOver({ send, kinds, understood, missing }),
    delete: remove,
    watch: (query, stop) => watchObjects({ cluster: name, send, open, kinds }, query, stop),
    close,
  };
};
