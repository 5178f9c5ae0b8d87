import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ApplyAnswer, ApplyOptions, Cluster, ObjectAddress, ServedKind, WriteOptions } from "../../ports/cluster.ts";
import type { RawAnswer } from "./connection.ts";
import type { Kinds } from "./kinds.ts";
import { liveObject } from "./objects.ts";
import { addressProblem, collectionPath, objectPath } from "./paths.ts";
import type { Request, Send } from "./requests.ts";
import { withoutSecretValues } from "./secret-values.ts";
import { parseJson, readStatus } from "./status.ts";

export interface WriteAccess {
  readonly send: Send;
  readonly kinds: Kinds;
  readonly understood: (answer: RawAnswer) => Manifest;
  readonly missing: (answer: RawAnswer, apiVersion: string) => void;
}

/** What changes objects, deletes apart. */
export const writesOver = ({ send, kinds, understood, missing }: WriteAccess): Pick<Cluster, "apply" | "create" | "replace" | "patch"> => {
  const write = async (
    at: ObjectAddress,
    manifest: Manifest | undefined,
    request: (served: ServedKind) => Request,
  ): Promise<ApplyAnswer> => {
    const served = await kinds.find(at.apiVersion, at.kind);
    if (!served) return refused("NotFound", `the cluster serves no ${at.kind} in ${at.apiVersion}`);
    const problem = isReview(served) ? undefined : addressProblem(served, at);
    if (problem) return refused("Invalid", problem);
    const answer = await send(request(served));
    const object = answer.status < 300 ? (isReview(served) ? reviewIn(answer) : understood(answer)) : undefined;
    if (object) return { state: "applied", object, created: answer.status === 201 };
    const { reason, message, fields } = readStatus(answer);
    if (answer.status === 404) missing(answer, at.apiVersion);
    const safe = manifest === undefined ? wordsAbout(at, message) : withoutSecretValues(manifest, message);
    // An update that names the uid of an object that was deleted and created again is told as a change of an immutable field.
    const otherObject = answer.status === 422 && manifest?.metadata.uid !== undefined && fields.includes("metadata.uid");
    return answer.status === 409 || otherObject
      ? { state: "conflict", message: safe }
      : { state: "refused", reason, message: safe, fields };
  };

  return {
    apply: (manifest, options) => {
      const at = addressOf(manifest);
      return write(at, manifest, (served) => ({
        method: "PATCH",
        path: `${objectPath(served, at)}?${applyQuery(options)}`,
        headers: { "content-type": "application/apply-patch+yaml", ...actingAs(options) },
        body: JSON.stringify(manifest),
      }));
    },
    create: (manifest, options) => {
      const at = addressOf(manifest);
      return write(at, manifest, (served) => ({
        method: "POST",
        path: `${collectionPath(served, at.namespace)}?${writeQuery(options)}`,
        headers: { "content-type": "application/json", ...actingAs(options) },
        body: JSON.stringify(manifest),
      }));
    },
    replace: (manifest, options) => {
      const at = addressOf(manifest);
      return write(at, manifest, (served) => ({
        method: "PUT",
        path: `${objectPath(served, at)}?${writeQuery(options)}`,
        headers: { "content-type": "application/json", ...actingAs(options) },
        body: JSON.stringify(manifest),
      }));
    },
    patch: (at, operations, options) => {
      // Setting the version that is there makes the server check it: 409 when the object moved, as for every other write.
      const bound = { op: "replace", path: "/metadata/resourceVersion", value: options.resourceVersion };
      return write(at, undefined, (served) => ({
        method: "PATCH",
        path: `${objectPath(served, at)}${options.subresource === undefined ? "" : `/${options.subresource}`}?${writeQuery(options)}`,
        headers: { "content-type": "application/json-patch+json", ...actingAs(options) },
        body: JSON.stringify([bound, ...operations]),
      }));
    },
  };
};

/** SelfSubjectAccessReview and the like: a question that is answered, and never stored. The server refuses a name. */
const isReview = ({ verbs }: ServedKind): boolean => verbs.length === 1 && verbs[0] === "create";

const reviewIn = ({ body }: RawAnswer): Manifest | undefined => {
  const review = parseJson(body);
  return isJsonObject(review) ? liveObject({ ...review, metadata: { name: "" } }) : undefined;
};

const refused = (reason: string, message: string): ApplyAnswer => ({ state: "refused", reason, message, fields: [] });

/** A patch does not hold the values that the server may quote. */
const wordsAbout = ({ apiVersion, kind }: ObjectAddress, message: string): string =>
  apiVersion === "v1" && kind === "Secret" ? "the server's message is withheld, it may quote a value of the Secret" : message;

const addressOf = ({ apiVersion, kind, metadata }: Manifest): ObjectAddress => ({
  apiVersion,
  kind,
  namespace: metadata.namespace ?? "",
  name: metadata.name,
});

const applyQuery = (options: ApplyOptions): string => `${common(options)}&force=${options.force}`;

/** The API server asks whether we may, and then what that account may. */
export const actingAs = ({ as }: Pick<WriteOptions, "as">): Readonly<Record<string, string>> =>
  as === undefined ? {} : { "impersonate-user": as };

/** Server-side apply refuses fields that a schema does not have in any case; create and replace do so only when told. */
const writeQuery = (options: WriteOptions): string =>
  `${common(options)}&fieldValidation=${options.validate === false ? "Ignore" : "Strict"}`;

const common = ({ fieldManager, dryRun }: WriteOptions): string =>
  `fieldManager=${encodeURIComponent(fieldManager)}${dryRun ? "&dryRun=All" : ""}`;
