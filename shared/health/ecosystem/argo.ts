/** Argo's own kinds and Flagger's: what delivers step by step. */
import type { HealthCheck } from "../check.ts";
import { rolloutHealth } from "../kinds/rollout.ts";
import { always, field, goodOrBad, inList, observedInConditions, rule, ruleIfAny, when } from "../rules.ts";

const run = { Pending: "Progressing", Running: "Progressing", Successful: "Healthy", Failed: "Degraded", Error: "Degraded" } as const;

export const argo: Readonly<Record<string, HealthCheck>> = {
  "argoproj.io/Rollout": rolloutHealth,
  "argoproj.io/AnalysisRun": rule(field("status.phase", { ...run, Inconclusive: "Unknown" })),
  "argoproj.io/Experiment": rule(field("status.phase", run)),
  "argoproj.io/Workflow": rule(
    field(
      "status.phase",
      { "": "Progressing", Pending: "Progressing", Running: "Progressing", Succeeded: "Healthy", Failed: "Degraded", Error: "Degraded" },
      "Unknown",
    ),
  ),
  "argoproj.io/CronWorkflow": rule(when("SpecError", "True", "Degraded"), when("SubmissionError", "True", "Degraded"), always("Healthy")),
  "argoproj.io/EventBus": rule(goodOrBad("Deployed")),
  "argoproj.io/EventSource": rule(goodOrBad("Deployed")),
  "argoproj.io/Sensor": rule(goodOrBad("Deployed")),
  // Only where an Argo CD runs has it a status; elsewhere it has no health.
  "argoproj.io/Application": ruleIfAny(
    field("status.health.status", {
      Healthy: "Healthy",
      Progressing: "Progressing",
      Degraded: "Degraded",
      Suspended: "Suspended",
      Missing: "Missing",
      Unknown: "Unknown",
    }),
  ),
  "argoproj.io/ApplicationSet": rule(
    when("ErrorOccurred", "True", "Degraded"),
    when("ResourcesUpToDate", "False", "Degraded"),
    when("RolloutProgressing", "True", "Progressing"),
    when("ResourcesUpToDate", "True", "Healthy"),
  ),
  "promoter.argoproj.io/*": rule(
    when("Ready", "False", "Degraded"),
    observedInConditions,
    inList("status.environments", "phase", { failure: "Degraded", pending: "Progressing" }),
    goodOrBad("Ready"),
  ),
  "promoter.argoproj.io/ControllerConfiguration": ruleIfAny(),
  "argocd-image-updater.argoproj.io/ImageUpdater": rule(
    when("Error", "True", "Degraded"),
    when("Reconciling", "True", "Progressing"),
    goodOrBad("Ready"),
  ),
  "flagger.app/Canary": rule(
    field(
      "status.phase",
      {
        Initializing: "Progressing",
        Initialized: "Healthy",
        Waiting: "Suspended",
        WaitingPromotion: "Suspended",
        Progressing: "Progressing",
        Promoting: "Progressing",
        Finalising: "Progressing",
        Succeeded: "Healthy",
        Failed: "Degraded",
        Terminating: "Progressing",
      },
      "Unknown",
    ),
  ),
};
