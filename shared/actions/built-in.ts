import type { KindPattern } from "../model/customizations.ts";
import { customizationOf } from "../model/customizations.ts";
import type { BuiltInAction } from "./action.ts";
import { renew } from "./kinds/certificate.ts";
import { cronJobActions, cronWorkflowActions, jobActions, workflowTemplateActions } from "./kinds/jobs.ts";
import { rolloutActions } from "./kinds/rollout.ts";
import { annotating, daemonSetActions, deploymentActions, fluxActions, statefulSetActions } from "./kinds/workloads.ts";

interface Row extends KindPattern {
  readonly actions: readonly BuiltInAction[];
}

const row = (group: string, kind: string, actions: readonly BuiltInAction[]): Row => ({ group, kind, actions });
const refresh = [annotating("refresh", "force-sync")];

/** One row per kind; what names a kind comes before a pattern. */
const rows: readonly Row[] = [
  row("apps", "Deployment", deploymentActions),
  row("apps", "StatefulSet", statefulSetActions),
  row("apps", "DaemonSet", daemonSetActions),
  row("batch", "CronJob", cronJobActions),
  row("batch", "Job", jobActions),
  row("argoproj.io", "Rollout", rolloutActions),
  row("argoproj.io", "WorkflowTemplate", workflowTemplateActions),
  row("argoproj.io", "CronWorkflow", cronWorkflowActions),
  row("external-secrets.io", "ExternalSecret", refresh),
  row("external-secrets.io", "ClusterExternalSecret", refresh),
  row("external-secrets.io", "PushSecret", [annotating("push", "force-sync")]),
  row("cert-manager.io", "Certificate", [renew]),
  row("*.toolkit.fluxcd.io", "*", fluxActions),
];

export const builtInActions = (group: string, kind: string): readonly BuiltInAction[] => customizationOf(rows, group, kind)?.actions ?? [];
