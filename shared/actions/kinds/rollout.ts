import { numberAt, objectAt, objectsAt, textAt } from "../../health/fields.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { type BuiltInAction, timestamp } from "../action.ts";
import { withField } from "../json-patch.ts";
import { change, flagOf, scale, switching } from "./workloads.ts";

/** What Argo Rollouts' own command writes: its controller acts on fields of `status`. */
const isPromoted = (live: Manifest): boolean => textAt(live, "status", "currentPodHash") === textAt(live, "status", "stableRS");
const isAborted = (live: Manifest): boolean => objectAt(live, "status").abort === true;
const waits = (live: Manifest): boolean => objectsAt(live, "status", "pauseConditions").length > 0;
const stepsOf = (live: Manifest): number => objectsAt(live, "spec", "strategy", "canary", "steps").length;
const stepOf = (live: Manifest): number => numberAt(live, "status", "currentStepIndex") ?? 0;

const promoted = "it is promoted already";

const nextStep = (live: Manifest) => withField(live, ["status", "currentStepIndex"], stepOf(live) + 1);

/** A rollout that waits goes on; one that runs has its current step skipped. */
const promote: BuiltInAction = {
  name: "promote",
  unavailable: (live) => {
    if (isPromoted(live) && !waits(live) && !flagOf(live, "paused")) return promoted;
    return isAborted(live) ? "it was aborted; retry it" : undefined;
  },
  run: (live) => {
    const resumed = flagOf(live, "paused") ? withField(live, ["spec", "paused"], false) : live;
    if (waits(live))
      return {
        kind: "change",
        object: withField(withField(resumed, ["status", "pauseConditions"], undefined), ["status", "controllerPause"], false),
      };
    return { kind: "change", object: stepOf(live) < stepsOf(live) ? { ...nextStep(live), spec: resumed.spec } : resumed };
  },
};

const skipStep: BuiltInAction = {
  name: "skip-current-step",
  unavailable: (live) => (stepOf(live) < stepsOf(live) ? undefined : "it has no step that could be skipped"),
  run: (live) => ({ kind: "change", object: withField(nextStep(live), ["status", "pauseConditions"], undefined) }),
};

/** Results of analyses that belong to the attempt before. */
const analyses: readonly (readonly string[])[] = [
  ["blueGreen", "prePromotionAnalysisRunStatus"],
  ["blueGreen", "postPromotionAnalysisRunStatus"],
  ["canary", "currentStepAnalysisRunStatus"],
  ["canary", "currentBackgroundAnalysisRunStatus"],
];

const retry: BuiltInAction = {
  name: "retry",
  unavailable: (live) => (isPromoted(live) ? promoted : isAborted(live) ? undefined : "it was not aborted"),
  run: (live) => ({
    kind: "change",
    object: [["abort"], ...analyses].reduce<JsonObject>((object, path) => withField(object, ["status", ...path], undefined), live),
  }),
};

const isHeld = (live: Manifest): boolean => waits(live) || flagOf(live, "paused");

export const rolloutActions: readonly BuiltInAction[] = [
  { name: "restart", run: (live, _, now) => change(live, ["spec", "restartAt"], timestamp(now)) },
  scale,
  promote,
  {
    name: "promote-full",
    unavailable: (live) => (isPromoted(live) ? promoted : undefined),
    run: (live) => change(live, ["status", "promoteFull"], true),
  },
  {
    name: "abort",
    unavailable: (live) => (isPromoted(live) ? promoted : isAborted(live) ? "it was aborted already" : undefined),
    run: (live) => change(live, ["status", "abort"], true),
  },
  retry,
  skipStep,
  switching("pause", "paused", true, "it is paused already"),
  {
    name: "resume",
    unavailable: (live) => (isHeld(live) ? undefined : "it is not paused"),
    run: (live) => {
      const object = waits(live) ? withField(live, ["status", "pauseConditions"], undefined) : live;
      return { kind: "change", object: isJsonObject(object.spec) ? withField(object, ["spec", "paused"], false) : object };
    },
  },
];
