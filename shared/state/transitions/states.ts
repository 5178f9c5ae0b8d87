import { type ApplicationState, isDirty } from "../application-state.ts";

/**
 * Where an Application stands: what its state item comes to. A wish that comes while somebody is at work, or between two steps, does not move it:
 * it is served next.
 *
 * | state        | what it means                                                          |
 * |--------------|------------------------------------------------------------------------|
 * | gone         | there is no item                                                       |
 * | idle         | compared, and not to act: nothing was ever applied                     |
 * | wished       | there is a wish that nobody has served                                 |
 * | held         | a step is being taken                                                  |
 * | waiting      | between two steps of an operation                                      |
 * | terminating  | a person wants the operation, or its retries, to end                   |
 * | retrying     | failed, and tried again at a time that is set                          |
 * | held up      | a sync window keeps it from beginning, or another Application has some |
 * | failed       | for good: only a newer wish moves it                                   |
 * | settling     | applied, and looked at until it is healthy                             |
 * | succeeded    | applied                                                                |
 * | removing     | withdrawn: what is left to do before it is forgotten                   |
 * | forgetting   | what stands under its name is being deleted                            |
 */
export const states = [
  "gone",
  "idle",
  "wished",
  "held",
  "waiting",
  "terminating",
  "retrying",
  "held up",
  "failed",
  "settling",
  "succeeded",
  "removing",
  "forgetting",
] as const;
export type State = (typeof states)[number];

/**
 * Who looks next when nothing happens. "its time": the message that was sent, and when that is lost the sweep that finds `dueAt`. "scan": nobody
 * waits for anything; the scan of its cluster compares it, and a wish moves it.
 */
export const nextLookAt: Readonly<Record<State, "its time" | "scan" | "nobody">> = {
  gone: "nobody",
  idle: "scan",
  wished: "its time",
  held: "its time",
  waiting: "its time",
  terminating: "its time",
  retrying: "its time",
  "held up": "its time",
  failed: "scan",
  settling: "its time",
  succeeded: "scan",
  removing: "its time",
  forgetting: "its time",
};

/** The first that holds counts. */
export const standingOf = (state: ApplicationState | undefined): State => {
  if (!state) return "gone";
  if (state.forgetting) return "forgetting";
  if (state.owner !== undefined) return "held";
  if (state.removal !== undefined) return "removing";
  if (state.terminate !== undefined && hasSomethingToEnd(state)) return "terminating";
  if (state.phase === "Running") return "waiting";
  if (isDirty(state)) return "wished";
  return settledAs(state);
};

const hasSomethingToEnd = ({ phase }: ApplicationState): boolean => phase === "Running" || phase === "Failed";

/** Where nobody wishes for anything. */
const settledAs = ({ phase, retryAt, againAt, health, dueAt }: ApplicationState): State => {
  if (retryAt !== undefined) return "retrying";
  if (againAt !== undefined) return "held up";
  if (phase === "Failed" || phase === "Error") return "failed";
  if (phase !== "Succeeded") return "idle";
  return health === "Progressing" && dueAt !== undefined ? "settling" : "succeeded";
};
