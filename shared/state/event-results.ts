import * as z from "zod/mini";
import { digestOf } from "../model/digest.ts";
import { type ApplicationEvent, failedFirst, fitsEvent, toldResults } from "../model/event.ts";
import { Failure } from "../model/failure.ts";
import type { ObjectResult } from "../model/operation.ts";
import type { Artifacts } from "../ports/artifacts.ts";

/**
 * History keeps the result of every object. Where an event has no room for all of them they lie in the artifact store, and the event names
 * them. Values of Secrets are masked before a result is made.
 */
const Stored = z.object({ v: z.literal(1), results: z.custom<readonly ObjectResult[]>((value) => Array.isArray(value)) });

const keyOf = (digest: string): string => `results/${digest}`;

/** Answers with the digest: the same results are stored once, however often a step is repeated. */
export const storeResults = async (artifacts: Artifacts, results: readonly ObjectResult[]): Promise<string> => {
  const bytes = Buffer.from(JSON.stringify({ v: 1, results }));
  const digest = digestOf(bytes);
  if (!(await artifacts.has(keyOf(digest)))) await artifacts.put(keyOf(digest), bytes);
  return digest;
};

/** What the steps of an operation left so far. */
export interface EarlierResults {
  readonly objects: readonly ObjectResult[];
  readonly stored?: { readonly results: readonly string[] } | undefined;
}

/** What an event says of results that it has no room for; nothing where it has, and then nothing is stored. */
export const storeBeyondEvent = async (
  artifacts: Artifacts,
  earlier: EarlierResults | undefined,
  results: readonly ObjectResult[],
): Promise<Pick<ApplicationEvent, "results">> => {
  const left = [...(earlier?.objects ?? []), ...toldResults(results)];
  const stored = earlier?.stored?.results ?? [];
  if (stored.length === 0 && fitsEvent(left)) return {};
  return { results: left.length === 0 ? stored : [...stored, await storeResults(artifacts, left)] };
};

/** The result of every object that was not unchanged, failed ones first. Throws ArtifactMissing. */
export const readResults = async (
  artifacts: Artifacts,
  { application, objects, results }: ApplicationEvent,
): Promise<readonly ObjectResult[]> => {
  if (results === undefined) return objects;
  const parts = await Promise.all(results.map((digest) => readPart(artifacts, digest, application)));
  return failedFirst(parts.flat());
};

const readPart = async (artifacts: Artifacts, digest: string, application: string): Promise<readonly ObjectResult[]> => {
  const bytes = await artifacts.get(keyOf(digest));
  if (!bytes)
    throw new Failure(
      "ArtifactMissing",
      application,
      `results of an operation on ${application} (${keyOf(digest)}) are not in the artifact store`,
    );
  return Stored.parse(JSON.parse(Buffer.from(bytes).toString("utf8"))).results;
};
