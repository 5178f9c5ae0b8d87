import * as z from "zod/mini";
import { Failure } from "../model/failure.ts";
import { firstVersion, lifted, type Versions } from "./versions.ts";

/**
 * Reads what a queue brought. Older messages are lifted to what this code knows. Throws MessageInvalid; MessageNewer, which can be retried, for what
 * only a newer release understands: it comes back, and when it came back too often it waits among the dead letters, where a redrive finds it.
 */
export const readMessage = <S extends z.ZodMiniType>(schema: S, body: string, versions: Versions = firstVersion): z.infer<S> => {
  const given = parseJson(body);
  const version = Versioned.safeParse(given);
  if (!version.success) throw invalid(version.error);
  if (version.data.v > versions.now) throw newer(version.data.v, versions.now);
  const parsed = schema.safeParse(lifted(version.data, version.data.v, versions));
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error);
};

const Versioned = z.catchall(z.object({ v: z.number() }), z.json());

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Failure("MessageInvalid", "queue message", "a queue message is not JSON", { cause });
  }
};

const invalid = (cause: unknown): Failure =>
  new Failure("MessageInvalid", "queue message", "a queue message is not one that this function reads", { cause });

const newer = (version: number, now: number): Failure =>
  new Failure(
    "MessageNewer",
    "queue message",
    `a queue message was sent by a newer release (version ${version}, this one knows ${now}); it comes back until that release runs again`,
  );
