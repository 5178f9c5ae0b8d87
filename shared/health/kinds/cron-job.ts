import type { HealthCheck } from "../check.ts";
import { objectAt, objectsAt, textAt } from "../fields.ts";

/** Only a finished last run can tell that it failed: while one is active, or before the first success, nobody knows. */
export const cronJobHealth: HealthCheck = (live) => {
  // What is never to run is as it should be, however its last run ended.
  if (objectAt(live, "spec").suspend === true) return { status: "Healthy" };
  if (live.status === undefined) return { status: "Progressing", message: "waiting for the schedule to be observed" };
  const [scheduled, succeeded] = [textAt(live, "status", "lastScheduleTime"), textAt(live, "status", "lastSuccessfulTime")];
  const judged = scheduled !== "" && succeeded !== "" && objectsAt(live, "status", "active").length === 0;
  // Both are RFC 3339 in UTC, which sorts as text.
  return judged && succeeded < scheduled
    ? { status: "Degraded", message: `the run of ${scheduled} did not succeed` }
    : { status: "Healthy" };
};
