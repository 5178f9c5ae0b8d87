import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { Key } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { fingerprintSecret } from "../../functions/world/fingerprints.ts";
import { tableDefinition } from "../../shared/adapters/table/definition.ts";
import { deadLetterQueue, type QueueName, queues } from "../topology.ts";
import { secretPrefix } from "./names.ts";

/** What outlives a deployment: it is kept when the stack is deleted. */
export const makeTable = (scope: Construct): Table => {
  const { partitionKey, sortKey, dueIndex } = tableDefinition;
  const table = new Table(scope, "Table", {
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    sortKey: { name: sortKey, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  table.addGlobalSecondaryIndex({
    indexName: dueIndex.name,
    partitionKey: { name: dueIndex.partitionKey, type: AttributeType.NUMBER },
    sortKey: { name: dueIndex.sortKey, type: AttributeType.NUMBER },
    projectionType: ProjectionType.KEYS_ONLY,
  });
  return table;
};

/**
 * Holds bundles and rendered manifests, Secrets among them: under a key of its own, so that reading takes two permissions. No lifecycle
 * rule: an artifact that an Application or its history refers to never expires.
 */
export const makeArtifacts = (scope: Construct): { readonly bucket: Bucket; readonly key: Key } => {
  const key = new Key(scope, "ArtifactsKey", {
    description: "Fairlead's artifacts: bundles and rendered manifests",
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const bucket = new Bucket(scope, "Artifacts", {
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    // One request to the key service for many objects.
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return { bucket, key };
};

/** Made once and kept: with another key every object would look changed. */
export const makeFingerprintKey = (scope: Construct): Secret =>
  new Secret(scope, "FingerprintKey", {
    secretName: `${secretPrefix}${fingerprintSecret}`,
    description: "Keys the fingerprints of live objects, so that the values of Secrets cannot be guessed from them",
    generateSecretString: { secretStringTemplate: "{}", generateStringKey: "value", passwordLength: 64, excludePunctuation: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });

export interface QueuePair {
  readonly main: Queue;
  readonly dead: Queue;
}

export const makeQueues = (scope: Construct): Readonly<Record<QueueName, QueuePair>> => {
  const pair = (name: QueueName): QueuePair => {
    const shape = queues.find((queue) => queue.name === name);
    if (!shape) throw new Error(`the topology has no queue ${name}`);
    const dead = new Queue(scope, idOf(deadLetterQueue(name)), {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest SQS keeps, counted from when a message was first sent, to the other queue: a week's holiday must not lose what failed.
      retentionPeriod: Duration.days(14),
    });
    const main = new Queue(scope, idOf(name), {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(shape.visibility),
      // Much shorter than that of its dead letters, which go on with the same clock: ten days are left to look at them.
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: dead, maxReceiveCount: shape.receives },
    });
    return { main, dead };
  };
  return { pushes: pair("pushes"), renders: pair("renders"), "syncs-public": pair("syncs-public"), notices: pair("notices") };
};

/** `syncs-public-dead` → `SyncsPublicDeadQueue` */
const idOf = (name: string): string =>
  `${name
    .split("-")
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join("")}Queue`;
