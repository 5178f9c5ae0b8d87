import { Failure } from "../../model/failure.ts";
import { retryAfterOf, type WebAnswer, WebTrouble } from "./request.ts";

/** A remote that could not be read to the end; doing it again may help. */
export const broken = (label: string, why: string, cause?: unknown): Failure =>
  new Failure("RepositoryUnreachable", label, `Reading ${label} failed: ${why}.`, { cause });

/** Of a host that has enough of us and does not say for how long; seconds. */
const usualWait = 60;

/** Throws what a status other than 200 means. 401, 403 and 404 are much the same: hosts do not tell strangers what exists. */
export const refuseBad = (answer: WebAnswer, label: string, withCredentials: boolean): void => {
  const { status } = answer;
  if (status === 200) return;
  answer.discard();
  const retryAfter = retryAfterOf(answer, Date.now());
  if (status === 429 || status >= 500 || (status === 403 && retryAfter !== undefined)) {
    const asked = retryAfter ?? (status === 429 ? usualWait : undefined);
    const waits = asked === undefined ? {} : { retryAfter: asked };
    throw new Failure("RepositoryUnreachable", label, `${label} answers ${status} at the moment; it is tried again.`, waits);
  }
  throw new Failure("RepositoryForbidden", label, `${label} ${refusal(status, withCredentials)}.`);
};

const refusal = (status: number, withCredentials: boolean): string => {
  if (status === 404)
    return `does not exist, or is hidden from ${withCredentials ? "these credentials" : "strangers: give credentials for it"}`;
  if (status !== 401 && status !== 403) return `refuses to be read (${status})`;
  return withCredentials ? `refuses the credentials given for it (${status})` : `wants credentials (${status}), and none are given for it`;
};

/** What trouble on the way to `label` means; other errors are given back as they are. */
export const failureOf = (error: unknown, label: string): unknown => {
  if (!(error instanceof WebTrouble)) return error;
  switch (error.kind) {
    case "unreachable":
    case "timeout":
      return broken(label, error.message, error);
    case "too large":
      return new Failure("LimitExceeded", label, `${label} answers with ${error.message}.`, { cause: error });
    case "redirected":
      return new Failure("SourceInvalid", label, `${label} ${error.message}, where its credentials must not go: write the new URL.`, {
        cause: error,
      });
  }
};
