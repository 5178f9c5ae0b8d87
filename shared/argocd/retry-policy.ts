import type { RetryPolicy } from "../model/application.ts";
import { secondsOrDuration } from "../model/duration.ts";
import type { FieldPath, FieldProblem } from "../model/field-problem.ts";
import type { WrittenRetry } from "./application-schema.ts";

/** What Argo CD's code waits where `backoff` says nothing. Its limit is 0 where `retry` is given without one: no retries. */
const usual = { duration: 5_000, factor: 2, maxDuration: 180_000 };

/** `spec.syncPolicy.retry` as it is followed; of what `retryProblems` refuses, the usual is taken. */
export const retryPolicy = ({ limit = 0, refresh = false, backoff = {} }: WrittenRetry): RetryPolicy => ({
  limit,
  duration: milliseconds(backoff.duration) ?? usual.duration,
  factor: backoff.factor ?? usual.factor,
  maxDuration: milliseconds(backoff.maxDuration) ?? usual.maxDuration,
  refresh,
});

/** `path`: where the block stands. */
export const retryProblems = (written: WrittenRetry | undefined, path: FieldPath): readonly FieldProblem[] => {
  const backoff = written?.backoff ?? {};
  const wrong = (field: string, message: string): FieldProblem => ({ path: [...path, "backoff", field], message });
  const durations = (["duration", "maxDuration"] as const).flatMap((field) =>
    isEmpty(backoff[field]) || milliseconds(backoff[field]) !== undefined
      ? []
      : [wrong(field, `is ${JSON.stringify(backoff[field])}, which is no duration; write seconds, or a text such as "1m30s"`)],
  );
  const { duration, factor = usual.factor } = backoff;
  const negative = (milliseconds(duration) ?? 0) < 0 ? [wrong("duration", "is negative; write how long to wait, such as 5s")] : [];
  return [...durations, ...negative, ...(factor < 1 ? [wrong("factor", `is ${factor}; write 1 or more`)] : [])];
};

const isEmpty = (written: string | number | undefined): boolean => written === undefined || written === "";

const milliseconds = (written: string | number | undefined): number | undefined => {
  if (written === undefined || written === "") return undefined;
  return typeof written === "number" ? written * 1_000 : secondsOrDuration(written);
};
