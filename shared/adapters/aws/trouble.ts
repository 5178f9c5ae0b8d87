import { Failure } from "../../model/failure.ts";

/**
 * True for what a service or the way to it did wrong, as opposed to a mistake in our own code: the SDK marks service answers and network
 * errors with `$metadata`, Node marks system errors with `code`.
 */
export const isRemoteTrouble = (error: unknown): error is Error =>
  error instanceof Error && !(error instanceof Failure) && ("$metadata" in error || "code" in error || error.name === "TimeoutError");

/** HTTP status of a service's answer, undefined where there was none. */
export const statusOf = (error: Error): number | undefined => {
  if (!("$metadata" in error)) return undefined;
  const metadata: unknown = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
};

/** Drops undefined fields: the SDK's inputs distinguish them from absent ones under `exactOptionalPropertyTypes`. */
export const definedOnly = <T extends object>(fields: T): { [F in keyof T]?: Exclude<T[F], undefined> } => {
  const kept: { [F in keyof T]?: Exclude<T[F], undefined> } = {};
  for (const field of fieldsOf(fields)) {
    const value = fields[field];
    if (isDefined(value)) kept[field] = value;
  }
  return kept;
};

const fieldsOf = <T extends object>(value: T): readonly (keyof T)[] => {
  const fields: (keyof T)[] = [];
  for (const field in value) fields.push(field);
  return fields;
};

const isDefined = <V>(value: V): value is Exclude<V, undefined> => value !== undefined;
