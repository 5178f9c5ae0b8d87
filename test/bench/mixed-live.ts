import type { JsonObject } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";

const condition = (type: string, status: string): JsonObject => ({
  type,
  status,
  reason: `${type}Reason`,
  message: `${type} is ${status}`,
  lastTransitionTime: "2026-01-01T00:00:00Z",
  observedGeneration: 2,
});
const ready = { conditions: [condition("Issuing", "False"), condition("Synced", "True"), condition("Ready", "True")] };
const container = { name: "web", ready: true, state: { running: { startedAt: "2026-01-01T00:00:00Z" } } };

type Sample = readonly [apiVersion: string, kind: string, fields: JsonObject];

/** About what a cluster holds: every third object has no health, most of the others are Kubernetes' own, the rest the ecosystem's. */
const samples: readonly Sample[] = [
  ["v1", "ConfigMap", { data: { key: "value" } }],
  ["v1", "Secret", { data: { key: "dmFsdWU=" } }],
  ["v1", "ServiceAccount", {}],
  ["rbac.authorization.k8s.io/v1", "Role", { rules: [] }],
  ["rbac.authorization.k8s.io/v1", "RoleBinding", { subjects: [] }],
  ["v1", "Service", { spec: { type: "ClusterIP" }, status: { loadBalancer: {} } }],
  [
    "apps/v1",
    "Deployment",
    {
      spec: { replicas: 3 },
      status: {
        observedGeneration: 2,
        replicas: 3,
        updatedReplicas: 3,
        availableReplicas: 3,
        conditions: [condition("Available", "True"), condition("Progressing", "True")],
      },
    },
  ],
  [
    "apps/v1",
    "StatefulSet",
    { spec: { replicas: 3 }, status: { observedGeneration: 2, readyReplicas: 3, updateRevision: "a", currentRevision: "a" } },
  ],
  ["v1", "Pod", { spec: { restartPolicy: "Always" }, status: { phase: "Running", ...ready, containerStatuses: [container, container] } }],
  ["batch/v1", "Job", { status: { conditions: [condition("SuccessCriteriaMet", "True"), condition("Complete", "True")] } }],
  ["networking.k8s.io/v1", "Ingress", { status: { loadBalancer: { ingress: [{ hostname: "lb.example" }] } } }],
  [
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    { status: { conditions: [condition("AbleToScale", "True"), condition("ScalingActive", "True")] } },
  ],
  ["cert-manager.io/v1", "Certificate", { status: ready }],
  ["external-secrets.io/v1", "ExternalSecret", { status: { conditions: [condition("Ready", "False")] } }],
  [
    "argoproj.io/v1alpha1",
    "Rollout",
    { spec: { strategy: { canary: {} } }, status: { observedGeneration: "2", phase: "Paused", message: "CanaryPauseStep" } },
  ],
  ["kustomize.toolkit.fluxcd.io/v1", "Kustomization", { spec: {}, status: { observedGeneration: 2, ...ready } }],
  [
    "gateway.networking.k8s.io/v1",
    "HTTPRoute",
    { status: { parents: [{ conditions: [condition("Accepted", "True"), condition("ResolvedRefs", "True")] }] } },
  ],
  ["rds.services.k8s.aws/v1alpha1", "DBInstance", { status: ready }],
  ["s3.aws.upbound.io/v1beta1", "Bucket", { status: ready }],
  ["example.org/v1", "Widget", { status: { observedGeneration: 2, ...ready } }],
];

/** So many live objects, made anew: kinds in turn, none like another. */
export const mixedLive = (count: number): readonly Manifest[] =>
  Array.from({ length: count }, (_, at): Manifest => {
    const [apiVersion, kind, fields] = samples[at % samples.length] ?? ["v1", "ConfigMap", {}];
    return {
      apiVersion,
      kind,
      metadata: { name: `object-${at}`, namespace: "prod", generation: 2, uid: `uid-${at}`, labels: { app: "web" } },
      ...structuredClone(fields),
    };
  });
