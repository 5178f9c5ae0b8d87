import { readyOrNot, type State, said, states, status } from "./states.ts";

states("postgresql.cnpg.io/v1", "Cluster", [
  ["just created", {}, "Progressing"],
  ["healthy", status({ phase: "Cluster in healthy state" }), "Healthy"],
  ["setting up", status({ phase: "Setting up primary" }), "Progressing", "its phase is Setting up primary"],
  ["failing over", status({ phase: "Failing over" }), "Degraded"],
  ["beyond repair", status({ phase: "Cluster is unrecoverable and needs manual intervention" }), "Suspended"],
  ["hibernated", status({ phase: "Cluster in healthy state", ...said(["cnpg.io/hibernation", "True"]).status }), "Suspended"],
  ["whose reconciliation is off", { metadata: { annotations: { "cnpg.io/reconciliationLoop": "disabled" } } }, "Suspended"],
]);
states("postgresql.cnpg.io/v1", "Backup", [
  ["running", status({ phase: "running" }), "Progressing"],
  ["completed", status({ phase: "completed" }), "Healthy"],
  ["failed", status({ phase: "failed" }), "Degraded"],
]);
states("postgresql.cnpg.io/v1", "Database", [
  ["applied", status({ applied: true }), "Healthy"],
  ["refused", status({ applied: false, message: "no such owner" }), "Degraded", "no such owner"],
]);
states("acid.zalan.do/v1", "postgresql", [
  ["just created", {}, "Progressing"],
  ["running", status({ PostgresClusterStatus: "Running" }), "Healthy"],
  ["updating", status({ PostgresClusterStatus: "Updating" }), "Progressing"],
  ["failed", status({ PostgresClusterStatus: "UpdateFailed" }), "Degraded"],
]);
for (const [group, kind] of [
  ["psmdb.percona.com", "PerconaServerMongoDB"],
  ["pxc.percona.com", "PerconaXtraDBCluster"],
] as const) {
  states(`${group}/v1`, kind, [
    ["initialising", status({ state: "initializing" }), "Progressing"],
    ["ready", status({ state: "ready" }), "Healthy"],
    ["paused", status({ state: "paused" }), "Suspended"],
    ["in error", status({ state: "error", message: "no quorum" }), "Degraded", "no quorum"],
  ]);
}
states("mongodbcommunity.mongodb.com/v1", "MongoDBCommunity", [["running", status({ phase: "Running" }), "Healthy"]]);

for (const kind of ["Kafka", "KafkaConnect", "KafkaConnector", "KafkaTopic", "KafkaUser", "KafkaBridge"]) {
  states("kafka.strimzi.io/v1beta2", kind, [
    ["just created", {}, "Progressing"],
    ["ready", said(["Ready", "True"]), "Healthy"],
    ["being created", said(["NotReady", "True", "Creating"]), "Progressing"],
    ["failing", said(["NotReady", "True", "TimeoutException", "pod is not ready"]), "Degraded", "pod is not ready"],
  ]);
}
states("kafka.strimzi.io/v1beta2", "KafkaNodePool", [
  ["just created", {}, "Progressing"],
  ["taken up by its cluster", status({ replicas: 3 }), "Healthy"],
  ["refused", said(["NotReady", "True", "InvalidConfig"]), "Degraded"],
]);
for (const kind of ["Kafka", "Connect", "SchemaRegistry", "KRaftController"]) {
  states("platform.confluent.io/v1beta1", kind, [
    ["provisioning", status({ phase: "PROVISIONING" }), "Progressing"],
    ["running", status({ phase: "RUNNING" }), "Healthy"],
  ]);
}
states("platform.confluent.io/v1beta1", "Connector", [
  ["running", status({ state: "CREATED", connectorState: "RUNNING" }), "Healthy"],
  ["with a failed task", status({ state: "CREATED", connectorState: "RUNNING", failedTasksCount: 1 }), "Degraded"],
  ["in error", status({ state: "ERROR" }), "Degraded"],
]);

states("k8s.mariadb.com/v1alpha1", "MariaDB", [
  ["just created", {}, "Progressing"],
  ["ready", said(["Ready", "True"], ["PrimarySwitched", "True"]), "Healthy"],
  ["starting", said(["Ready", "False", "StatefulSetNotReady"]), "Progressing"],
  ["failed", said(["Ready", "False", "Failed", "no volume"]), "Degraded", "no volume"],
]);
states("k8s.mariadb.com/v1alpha1", "SqlJob", [
  ["complete", said(["Complete", "True", "JobComplete"]), "Healthy"],
  ["failed", said(["Complete", "True", "JobFailed"]), "Degraded"],
]);
for (const kind of ["Database", "Grant", "User"]) states("k8s.mariadb.com/v1alpha1", kind, [["ready", said(["Ready", "True"]), "Healthy"]]);

for (const kind of ["Queue", "Exchange", "User", "Vhost"]) states("rabbitmq.com/v1beta1", kind, readyOrNot("Ready"));
states("rabbitmq.com/v1beta1", "Queue", [
  ["whose operator keeps no generation", status({ observedGeneration: 1, ...said(["Ready", "True"]).status }), "Healthy"],
]);
states("rabbitmq.com/v1beta1", "RabbitmqCluster", [
  ["forming", said(["ClusterAvailable", "Unknown"], ["AllReplicasReady", "False"]), "Progressing"],
  ["waiting for a replica", said(["ClusterAvailable", "True"], ["AllReplicasReady", "False"]), "Progressing"],
  ["ready", said(["ClusterAvailable", "True"], ["AllReplicasReady", "True"], ["ReconcileSuccess", "True"]), "Healthy"],
  ["refused", said(["ClusterAvailable", "True"], ["ReconcileSuccess", "False", "Error"]), "Degraded"],
]);

const nodes = { spec: { nodeSets: [{ count: 2 }, { count: 1 }] } };
states("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", [
  ["just created", nodes, "Progressing"],
  ["green", { ...nodes, status: { availableNodes: 3, phase: "Ready", health: "green" } }, "Healthy"],
  ["yellow", { ...nodes, status: { availableNodes: 3, phase: "Ready", health: "yellow" } }, "Progressing"],
  ["red", { ...nodes, status: { availableNodes: 3, phase: "Ready", health: "red" } }, "Degraded"],
  [
    "green without all its nodes",
    { ...nodes, status: { availableNodes: 2, phase: "Ready", health: "green" } },
    "Progressing",
    "2 of 3 nodes are available",
  ],
  ["changing", { ...nodes, status: { availableNodes: 3, phase: "ApplyingChanges", health: "green" } }, "Progressing"],
  ["invalid", { ...nodes, status: { availableNodes: 3, phase: "Invalid", health: "green" } }, "Degraded"],
]);
for (const [group, kind] of [
  ["beat", "Beat"],
  ["logstash", "Logstash"],
  ["kibana", "Kibana"],
] as const) {
  states(`${group}.k8s.elastic.co/v1`, kind, [
    ["green", status({ health: "green" }), "Healthy"],
    ["red", status({ health: "red" }), "Degraded"],
  ]);
}
states("clickhouse.altinity.com/v1", "ClickHouseInstallation", [
  ["in progress", status({ status: "InProgress" }), "Progressing"],
  ["completed", status({ status: "Completed" }), "Healthy"],
  ["aborted", status({ status: "Aborted" }), "Degraded"],
]);
states("cassandra.rook.io/v1alpha1", "Cluster", [
  ["just created", {}, "Progressing"],
  ["with all members", status({ racks: { a: { members: 3, readyMembers: 3 } } }), "Healthy"],
  ["with a member missing", status({ racks: { a: { members: 3, readyMembers: 2 } } }), "Progressing"],
]);
states("zookeeper.pravega.io/v1beta1", "ZookeeperCluster", [
  ["just created", {}, "Progressing"],
  ["ready", status({ replicas: 3, readyReplicas: 3 }), "Healthy"],
  ["starting", status({ replicas: 3, readyReplicas: 1 }), "Progressing", "1 of 3 replicas are ready"],
]);
states("ceph.rook.io/v1", "CephCluster", [
  ["being created", status({ state: "Creating" }), "Progressing"],
  ["healthy", status({ state: "Created", ceph: { health: "HEALTH_OK" } }), "Healthy"],
  ["with warnings", status({ state: "Created", ceph: { health: "HEALTH_WARN" } }), "Degraded"],
  ["in error", status({ state: "Error", ceph: { health: "HEALTH_OK" } }), "Degraded"],
]);
states("ceph.rook.io/v1", "CephObjectStore", [
  ["ready", status({ phase: "Ready" }), "Healthy"],
  ["failed", status({ phase: "Failure" }), "Degraded"],
]);
states("objectbucket.io/v1alpha1", "ObjectBucketClaim", [["bound", status({ phase: "Bound" }), "Healthy"]]);
states("minio.min.io/v2", "Tenant", [
  ["being provisioned", status({ currentState: "Provisioning MinIO Statefulset" }), "Progressing"],
  ["initialised", status({ currentState: "Initialized" }), "Healthy"],
  ["without credentials", status({ currentState: "Tenant credentials are not set properly" }), "Degraded"],
]);
const snapshots: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["ready to use", status({ readyToUse: true }), "Healthy"],
  ["failed", status({ readyToUse: false, error: { message: "no such class" } }), "Degraded", "no such class"],
];
for (const kind of ["VolumeSnapshot", "VolumeSnapshotContent"]) states("snapshot.storage.k8s.io/v1", kind, snapshots);
states("velero.io/v1", "Backup", [
  ["running", status({ phase: "InProgress" }), "Progressing"],
  ["completed", status({ phase: "Completed" }), "Healthy"],
  ["that missed something", status({ phase: "PartiallyFailed" }), "Degraded"],
]);
states("velero.io/v1", "BackupStorageLocation", [["that cannot be reached", status({ phase: "Unavailable" }), "Degraded"]]);
states("astra.netapp.io/v1", "Snapshot", [
  ["completed", status({ state: "Completed" }), "Healthy"],
  ["failed", status({ state: "Failed" }), "Degraded"],
]);
states("astra.netapp.io/v1", "ExecHook", [["switched off", { spec: { enabled: false } }, "Suspended"]]);
states("trident.netapp.io/v1", "TridentBackendConfig", [
  ["bound", status({ phase: "Bound", lastOperationStatus: "Success" }), "Healthy"],
  ["being bound", status({ phase: "Bound", lastOperationStatus: "Progressing" }), "Progressing"],
  ["failed", status({ phase: "Bound", lastOperationStatus: "Failed" }), "Degraded"],
]);
states("db.atlasgo.io/v1alpha1", "AtlasSchema", [
  ["being compared", said(["Ready", "False", "Reconciling"]), "Progressing"],
  ["applied", said(["Ready", "True", "Applied"]), "Healthy"],
  ["refused", said(["Ready", "False", "LintPolicyError", "destructive"]), "Degraded", "destructive"],
]);
