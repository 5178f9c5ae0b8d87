import { Failure } from "../../model/failure.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ApplyAnswer, ApplyOptions, Cluster, DeleteAnswer, DeleteOptions, LiveObject, ObjectAddress } from "../../ports/cluster.ts";
import type { ClusterAddress, ClusterCredentials } from "./address.ts";
import { openConnection, type RawAnswer } from "./connection.ts";
import { kindsOf } from "./kinds.ts";
import { listObjects } from "./list.ts";
import { liveObject } from "./objects.ts";
import { addressProblem, objectPath } from "./paths.ts";
import { type Pace, realPace, type Send, sendTo } from "./requests.ts";
import { withoutSecretValues } from "./secret-values.ts";
import { parseJson, readStatus } from "./status.ts";

/** A Kubernetes API server over one warm HTTP/2 connection. Nothing is asked before the first call. */
export const openCluster = (address: ClusterAddress, credentials: ClusterCredentials, pace: Pace = realPace): Cluster => {
  const connection = openConnection(address, credentials.clientCertificate);
  return clusterOver(address.name, sendTo(address, credentials, connection, pace), () => connection.close());
};

const clusterOver = (name: string, send: Send, close: () => Promise<void>): Cluster => {
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
    throw new Failure("ClusterUnreachable", name, `Cluster ${name} could not give ${at.kind} ${at.name}: ${status.message}`);
  };

  const apply = async (manifest: Manifest, options: ApplyOptions): Promise<ApplyAnswer> => {
    const { apiVersion, kind } = manifest;
    const served = await kinds.find(apiVersion, kind);
    if (!served) return { state: "refused", reason: "NotFound", message: `the cluster serves no ${kind} in ${apiVersion}`, fields: [] };
    const at = { apiVersion, kind, namespace: manifest.metadata.namespace ?? "", name: manifest.metadata.name };
    const problem = addressProblem(served, at);
    if (problem) return { state: "refused", reason: "Invalid", message: problem, fields: [] };

    const answer = await send({
      method: "PATCH",
      path: `${objectPath(served, at)}?${applyQuery(options)}`,
      headers: { "content-type": "application/apply-patch+yaml" },
      body: JSON.stringify(manifest),
    });
    if (answer.status < 300) return { state: "applied", object: understood(answer), created: answer.status === 201 };
    const { reason, message, fields } = readStatus(answer);
    if (answer.status === 404) missing(answer, apiVersion);
    const safe = withoutSecretValues(manifest, message);
    // An update that names the uid of an object that was deleted and created again is told as a change of an immutable field.
    const otherObject = answer.status === 422 && manifest.metadata.uid !== undefined && fields.includes("metadata.uid");
    return answer.status === 409 || otherObject
      ? { state: "conflict", message: safe }
      : { state: "refused", reason, message: safe, fields };
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
      headers: { "content-type": "application/json" },
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
    apply,
    delete: remove,
    close,
  };
};

const applyQuery = ({ fieldManager, force, dryRun }: ApplyOptions): string =>
  `fieldManager=${encodeURIComponent(fieldManager)}&force=${force}${dryRun ? "&dryRun=All" : ""}`;
