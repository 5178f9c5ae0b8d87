import { conditionsOf, objectAt, textAt } from "../../health/fields.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { type ActionEffect, type BuiltInAction, timestamp } from "../action.ts";
import { withField } from "../json-patch.ts";
import { suspending } from "./workloads.ts";

/** Kubernetes' own for names that become a label of pods is 63; a Job adds to its own. */
const nameLength = 52;

/** Sorts by time, and is another one every second. */
const nameAt = (name: string, now: number): string => `${name.slice(0, nameLength)}-${Math.floor(now / 1000).toString(36)}`;

const ownerOf = ({ apiVersion, kind, metadata }: Manifest, controller: boolean): JsonObject => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? "",
  ...(controller && { blockOwnerDeletion: true, controller: true }),
});

/** As `kubectl create job --from` does it. */
const createJob: BuiltInAction = {
  name: "create-job",
  run: (live, _, now): ActionEffect => {
    const template = objectAt(live, "spec", "jobTemplate");
    return {
      kind: "create",
      object: {
        apiVersion: live.apiVersion,
        kind: "Job",
        metadata: {
          ...(live.metadata.namespace !== undefined && { namespace: live.metadata.namespace }),
          name: nameAt(live.metadata.name, now),
          labels: textsIn(template, "metadata", "labels"),
          annotations: { ...textsIn(template, "metadata", "annotations"), "cronjob.kubernetes.io/instantiate": "manual" },
          ownerReferences: [ownerOf(live, true)],
        },
        spec: objectAt(template, "spec"),
      },
    };
  },
};

export const cronJobActions: readonly BuiltInAction[] = [createJob, ...suspending];

const ended = ["Complete", "Failed", "FailureTarget", "SuccessCriteriaMet"];
const hasEnded = (live: Manifest): boolean => conditionsOf(live).some(({ type, status }) => ended.includes(type) && status === "True");

const unlessEnded = (action: BuiltInAction): BuiltInAction => ({
  ...action,
  unavailable: (live) => (hasEnded(live) ? "it has ended" : action.unavailable?.(live)),
});

/** The Job's controller ends its pods once this condition stands. */
const terminate: BuiltInAction = {
  name: "terminate",
  unavailable: (live) => (live.status === undefined ? "it has not begun" : undefined),
  run: (live, _, now) => {
    const { conditions } = objectAt(live, "status");
    const condition = {
      type: "FailureTarget",
      status: "True",
      reason: "ManuallyTerminated",
      message: "ended by a person",
      lastTransitionTime: timestamp(now),
    };
    return {
      kind: "change",
      object: withField(live, ["status", "conditions"], [...(Array.isArray(conditions) ? conditions : []), condition]),
    };
  },
};

export const jobActions: readonly BuiltInAction[] = [...suspending, terminate].map(unlessEnded);

const workflow = (live: Manifest, now: number, labels: Readonly<Record<string, string>>, spec: JsonObject): ActionEffect => ({
  kind: "create",
  object: {
    apiVersion: live.apiVersion,
    kind: "Workflow",
    metadata: {
      ...(live.metadata.namespace !== undefined && { namespace: live.metadata.namespace }),
      name: nameAt(live.metadata.name, now),
      labels,
    },
    spec,
  },
});

export const workflowTemplateActions: readonly BuiltInAction[] = [
  {
    name: "create-workflow",
    run: (live, _, now) =>
      workflow(
        live,
        now,
        { "workflows.argoproj.io/workflow-template": live.metadata.name },
        { workflowTemplateRef: { name: live.metadata.name } },
      ),
  },
];

export const cronWorkflowActions: readonly BuiltInAction[] = [
  {
    name: "create-workflow",
    run: (live, _, now) =>
      workflow(live, now, { "workflows.argoproj.io/cron-workflow": live.metadata.name }, objectAt(live, "spec", "workflowSpec")),
  },
  ...suspending,
];

const textsIn = (value: JsonObject, ...path: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(objectAt(value, ...path)).map((name) => [name, textAt(value, ...path, name)]));
