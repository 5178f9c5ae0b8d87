/** Databases, queues and storage, by their operators. */

import { isJsonObject } from "../../model/json.ts";
import { annotationOf } from "../../model/manifest.ts";
import type { HealthCheck } from "../check.ts";
import { numberAt, objectAt, objectsAt } from "../fields.ts";
import { always, type Clause, field, goodOrBad, rule, ruleOfAnyGeneration, when, whenCondition, withConditions } from "../rules.ts";

const strimzi = rule(
  when("NotReady", "True", "Progressing", "Creating"),
  when("NotReady", "True", "Degraded"),
  when("Ready", "True", "Healthy"),
);

/** A failed attempt is told by reason; anything else that is not true is still on its way. */
const mariadb = rule(
  whenCondition(({ status, reason, message }) => status === "False" && (reason === "Failed" || message === "Failed"), "Degraded"),
  whenCondition(({ status }) => status === "False", "Progressing"),
  withConditions("Healthy", ""),
);
const mariadbObject = rule(when("Ready", "True", "Healthy"), when("Ready", "any", "Degraded"));

const rabbit = ruleOfAnyGeneration(goodOrBad("Ready"));
const confluent = rule(field("status.phase", { RUNNING: "Healthy" }));
const altinity = rule(field("status.status", { Completed: "Healthy", InProgress: "Progressing" }, "Degraded"));
const backup = rule(field("status.state", { Completed: "Healthy", Running: "Progressing" }, "Degraded"));
const snapshot = rule(
  (live) => {
    const { error } = objectAt(live, "status");
    return isJsonObject(error) ? { status: "Degraded", message: String(error.message ?? "the snapshot failed") } : undefined;
  },
  field("status.readyToUse", { true: "Healthy" }),
);
const velero = rule(
  field(
    "status.phase",
    {
      Completed: "Healthy",
      Available: "Healthy",
      Enabled: "Healthy",
      Ready: "Healthy",
      Failed: "Degraded",
      PartiallyFailed: "Degraded",
      FailedValidation: "Degraded",
      FinalizingPartiallyFailed: "Degraded",
      Unavailable: "Degraded",
    },
    "Progressing",
  ),
);

/** Elastic's colours; nothing is green before all its nodes are there. */
const elasticHealth = { green: "Healthy", yellow: "Progressing", red: "Degraded" } as const;
const elasticNodes: Clause = (live) => {
  const available = numberAt(live, "status", "availableNodes");
  const wanted = objectsAt(live, "spec", "nodeSets").reduce((sum, nodes) => sum + (numberAt(nodes, "count") ?? 0), 0);
  return available !== undefined && available < wanted
    ? { status: "Progressing", message: `${available} of ${wanted} nodes are available` }
    : undefined;
};

const cloudNativePostgres = rule(
  (live) =>
    annotationOf(live, "cnpg.io/reconciliationLoop") === "disabled"
      ? { status: "Suspended", message: "its reconciliation is disabled" }
      : undefined,
  when("cnpg.io/hibernation", "True", "Suspended"),
  when("cnpg.io/hibernation", "any", "Degraded"),
  field(
    "status.phase",
    {
      "Cluster in healthy state": "Healthy",
      "Setting up primary": "Progressing",
      "Creating a new replica": "Progressing",
      "Upgrading cluster": "Progressing",
      "Waiting for the instances to become active": "Progressing",
      "Promoting to primary cluster": "Progressing",
      "Unable to create required cluster objects": "Suspended",
      "Cluster cannot proceed to reconciliation*": "Suspended",
      "Cluster has incomplete or invalid image catalog": "Suspended",
      "Cluster is unrecoverable*": "Suspended",
    },
    "Degraded",
  ),
);

const members: Clause = (live) => {
  const racks = Object.values(objectAt(live, "status", "racks")).filter(isJsonObject);
  if (racks.length === 0) return undefined;
  const missing = racks.some((rack) => rack.members !== rack.readyMembers);
  return missing ? { status: "Progressing", message: "not all members of its racks are ready" } : { status: "Healthy" };
};

const replicas: Clause = (live) => {
  const [ready, all] = [numberAt(live, "status", "readyReplicas") ?? 0, numberAt(live, "status", "replicas") ?? 0];
  return ready > 0 && ready === all ? { status: "Healthy" } : { status: "Progressing", message: `${ready} of ${all} replicas are ready` };
};

const named = (group: string, kinds: readonly string[], check: HealthCheck): Readonly<Record<string, HealthCheck>> =>
  Object.fromEntries(kinds.map((kind) => [`${group}/${kind}`, check]));

export const data: Readonly<Record<string, HealthCheck>> = {
  "postgresql.cnpg.io/Cluster": cloudNativePostgres,
  "postgresql.cnpg.io/Backup": rule(field("status.phase", { completed: "Healthy", failed: "Degraded" }, "Progressing")),
  ...named(
    "postgresql.cnpg.io",
    ["Database", "Publication", "Subscription"],
    rule(field("status.applied", { true: "Healthy", false: "Degraded" })),
  ),
  "acid.zalan.do/postgresql": rule(
    field("status.PostgresClusterStatus", { Running: "Healthy", Creating: "Progressing", Updating: "Progressing" }, "Degraded"),
  ),
  "psmdb.percona.com/PerconaServerMongoDB": rule(
    field(
      "status.state",
      { initializing: "Progressing", ready: "Healthy", error: "Degraded", stopping: "Progressing", paused: "Suspended" },
      "Unknown",
    ),
  ),
  "pxc.percona.com/PerconaXtraDBCluster": rule(
    field(
      "status.state",
      { initializing: "Progressing", ready: "Healthy", error: "Degraded", stopping: "Degraded", paused: "Suspended" },
      "Unknown",
    ),
  ),
  "mongodbcommunity.mongodb.com/MongoDBCommunity": rule(
    field("status.phase", { Running: "Healthy", Pending: "Progressing", Failed: "Degraded" }),
  ),
  ...named(
    "kafka.strimzi.io",
    ["Kafka", "KafkaBridge", "KafkaConnect", "KafkaConnector", "KafkaMirrorMaker2", "KafkaNodePool", "KafkaTopic", "KafkaUser"],
    strimzi,
  ),
  "kafka.strimzi.io/KafkaNodePool": rule(when("NotReady", "True", "Degraded"), (live) =>
    live.status === undefined ? undefined : { status: "Healthy" },
  ),
  ...named(
    "platform.confluent.io",
    ["Connect", "ControlCenter", "Kafka", "KsqlDB", "SchemaRegistry", "Zookeeper", "KRaftController"],
    confluent,
  ),
  "platform.confluent.io/Connector": rule(
    field("status.state", { ERROR: "Degraded" }),
    (live) =>
      (numberAt(live, "status", "failedTasksCount") ?? 0) > 0 ? { status: "Degraded", message: "some of its tasks failed" } : undefined,
    field("status.connectorState", { RUNNING: "Healthy" }),
  ),
  ...named("k8s.mariadb.com", ["MariaDB", "Backup"], mariadb),
  "mariadb.mmontes.io/MariaDB": mariadb,
  ...named("k8s.mariadb.com", ["Database", "Grant", "User"], mariadbObject),
  "k8s.mariadb.com/SqlJob": rule(
    whenCondition(({ reason, status }) => reason === "JobComplete" && status === "True", "Healthy"),
    whenCondition(({ reason, status }) => reason === "JobFailed" && status === "True", "Degraded"),
  ),
  ...named("rabbitmq.com", ["Binding", "Exchange", "Permission", "Policy", "Queue", "Shovel", "User", "Vhost"], rabbit),
  "rabbitmq.com/RabbitmqCluster": rule(
    when("ReconcileSuccess", "False", "Degraded"),
    when("ClusterAvailable", "not True", "Progressing"),
    when("AllReplicasReady", "not True", "Progressing"),
    when("AllReplicasReady", "True", "Healthy"),
  ),
  "elasticsearch.k8s.elastic.co/Elasticsearch": rule(
    elasticNodes,
    field("status.phase", { Invalid: "Degraded", ApplyingChanges: "Progressing", MigratingData: "Progressing" }),
    field("status.health", elasticHealth, "Unknown"),
  ),
  ...named("kibana.k8s.elastic.co", ["Kibana"], rule(field("status.health", elasticHealth))),
  "beat.k8s.elastic.co/Beat": rule(field("status.health", elasticHealth)),
  "logstash.k8s.elastic.co/Logstash": rule(field("status.health", elasticHealth)),
  "apm.k8s.elastic.co/ApmServer": rule(field("status.health", elasticHealth)),
  "agent.k8s.elastic.co/Agent": rule(field("status.health", elasticHealth)),
  "clickhouse.altinity.com/ClickHouseInstallation": altinity,
  "clickhouse-keeper.altinity.com/ClickHouseKeeperInstallation": altinity,
  "cassandra.rook.io/Cluster": rule(members),
  "zookeeper.pravega.io/ZookeeperCluster": rule(replicas),
  "ceph.rook.io/CephCluster": rule(
    field("status.state", { Error: "Degraded" }),
    field("status.ceph.health", { HEALTH_OK: "Healthy", HEALTH_WARN: "Degraded", HEALTH_ERR: "Degraded" }),
    field("status.state", { Created: "Healthy", Connected: "Healthy" }),
  ),
  ...named(
    "ceph.rook.io",
    ["CephObjectStore", "CephBlockPool", "CephFilesystem", "CephObjectStoreUser"],
    rule(field("status.phase", { Ready: "Healthy", Connected: "Healthy", Failure: "Degraded" })),
  ),
  "objectbucket.io/ObjectBucketClaim": rule(field("status.phase", { Bound: "Healthy", Failed: "Degraded" })),
  "minio.min.io/Tenant": rule(
    field(
      "status.currentState",
      {
        Initialized: "Healthy",
        "Statefulset not controlled*": "Degraded",
        "Another MinIO Tenant*": "Degraded",
        "Tenant credentials are not*": "Degraded",
        "Different versions across*": "Degraded",
        "Pool Decommissioning Not*": "Degraded",
      },
      "Progressing",
    ),
  ),
  ...named("snapshot.storage.k8s.io", ["VolumeSnapshot", "VolumeSnapshotContent"], snapshot),
  ...named("velero.io", ["Backup", "Restore", "Schedule", "BackupStorageLocation", "BackupRepository"], velero),
  ...named("astra.netapp.io", ["Backup", "ExecHooksRun", "ResourceBackup", "ResticVolumeBackup", "Snapshot"], backup),
  "astra.netapp.io/AppVault": rule(
    field("status.state", { available: "Healthy", Available: "Healthy", failed: "Degraded", Failed: "Degraded" }),
  ),
  "astra.netapp.io/Application": rule(goodOrBad("Ready")),
  "astra.netapp.io/Schedule": rule(always("Healthy")),
  "astra.netapp.io/ExecHook": rule(field("spec.enabled", { true: "Healthy", false: "Suspended" })),
  "trident.netapp.io/TridentBackendConfig": rule(
    field("status.lastOperationStatus", { Failed: "Degraded", Progressing: "Progressing" }),
    field("status.phase", { Bound: "Healthy" }),
  ),
  "trident.netapp.io/TridentOrchestrator": rule(field("status.status", { Installed: "Healthy", Failed: "Degraded", Error: "Degraded" })),
  ...named(
    "db.atlasgo.io",
    ["AtlasMigration", "AtlasSchema"],
    rule(
      when("Ready", "True", "Healthy"),
      whenCondition(
        ({ type, reason, message }) => type === "Ready" && [reason, message].some((word) => ["Reconciling", "GettingDevDB"].includes(word)),
        "Progressing",
      ),
      when("Ready", "any", "Degraded"),
    ),
  ),
};
