import type { Application } from "../../model/application.ts";
import { goDuration } from "../../model/duration.ts";
import type { Failure } from "../../model/failure.ts";
import type { Operation } from "../../state/operations.ts";

/** On the Application: a duration such as `30m` or `12h`, within which each of its operations ends. */
const deadlineAnnotation = "fairlead.dev/operation-deadline";

/** Hooks may migrate for hours; what waits for longer than this waits in vain. Argo CD's own limit is none, unless it is set for all Applications. */
const usual = "6h";

/**
 * Why an operation that comes no further is ended: nobody learns of a wave that never becomes healthy, or of a hook that never ends, from an
 * Application that is Running for ever. Undefined while there is time. SyncFail hooks have as much time again.
 */
export const overdue = (
  { annotations }: Pick<Application, "annotations">,
  { startedAt, failure, at }: Pick<Operation, "startedAt" | "failure" | "at">,
  waitingFor: string,
  now: number,
): string | undefined => {
  const given = annotations[deadlineAnnotation]?.trim() ?? usual;
  const written = isDuration(given) ? given : usual;
  const deadline = (goDuration(written) ?? 0) * (failure ? 2 : 1);
  if (now - startedAt < deadline) return undefined;
  const where = at ? `${at.phase}, wave ${at.wave}: ` : "";
  return `${where}its deadline of ${written} has passed while it was waiting for ${waitingFor}; what was applied stays, and annotation ${deadlineAnnotation} gives more time`;
};

/** What an operation waits for that met something which passes by itself, as it usually does. */
export const passing = ({ message }: Failure): string => `this to pass: ${message.replace(/\.$/, "")}`;

const isDuration = (text: string): boolean => (goDuration(text) ?? 0) > 0;

/** One sentence where the annotation cannot be used as it is. */
export const deadlineProblems = ({ annotations }: Pick<Application, "annotations">): readonly string[] => {
  const written = annotations[deadlineAnnotation];
  if (written === undefined || isDuration(written.trim())) return [];
  return [
    `metadata.annotations["${deadlineAnnotation}"] is ${JSON.stringify(written)}; write a duration such as 30m or 12h, until then an operation ends after ${usual}`,
  ];
};
