import { ArnFormat, type Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { tableDefinition } from "../../shared/adapters/table/definition.ts";
import type { Installation } from "../../shared/config/schema.ts";
import type { QueueName } from "../topology.ts";
import { functionArn, secretPrefix } from "./names.ts";
import type { Rights } from "./rights.ts";
import type { QueuePair } from "./storage.ts";

/** What rights are rights to. */
export interface Resources {
  readonly stack: Stack;
  readonly table: Table;
  readonly bucket: Bucket;
  readonly key: Key;
  readonly queues: Readonly<Record<QueueName, QueuePair>>;
  readonly installation: Installation;
}

/** A function's rights as statements of its role's policy. */
export const statementsFor = (rights: Rights, resources: Resources): readonly PolicyStatement[] => [
  ...tableStatements(rights, resources),
  ...artifactStatements(rights, resources),
  ...(rights.send ?? []).map((queue) => allow(["sqs:SendMessage"], [resources.queues[queue].main.queueArn])),
  ...secretStatements(rights, resources),
  ...clusterStatements(rights, resources),
  ...(rights.invokes ?? []).map((name) => allow(["lambda:InvokeFunction"], [functionArn(resources.stack, name)])),
];

export const allow = (actions: readonly string[], resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources] });

const tableActions = {
  read: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
  write: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
  due: ["dynamodb:Query"],
} as const;

const tableStatements = ({ table: kinds = [], partitions }: Rights, { table }: Resources): readonly PolicyStatement[] =>
  kinds.map((kind) => {
    const statement = allow(tableActions[kind], [
      kind === "due" ? `${table.tableArn}/index/${tableDefinition.dueIndex.name}` : table.tableArn,
    ]);
    if (partitions !== undefined)
      statement.addCondition("ForAllValues:StringLike", { "dynamodb:LeadingKeys": partitions.map((start) => `${start}*`) });
    return statement;
  });

const artifactStatements = ({ artifacts }: Rights, { bucket, key }: Resources): readonly PolicyStatement[] => {
  if (!artifacts) return [];
  const { read, write } = artifacts;
  return [
    // Without it S3 answers "forbidden" for what is merely absent.
    allow(["s3:ListBucket"], [bucket.bucketArn]),
    allow(
      ["s3:GetObject"],
      read.map((folder) => bucket.arnForObjects(`${folder}/*`)),
    ),
    allow(
      ["s3:PutObject", "s3:AbortMultipartUpload"],
      write.map((folder) => bucket.arnForObjects(`${folder}/*`)),
    ),
    allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.keyArn]),
  ];
};

const secretStatements = ({ secrets }: Rights, { stack, installation }: Resources): readonly PolicyStatement[] => {
  if (!secrets) return [];
  const names = secretNames(secrets, installation);
  if (names.length === 0) return [];
  const arnOf = (name: string) =>
    stack.formatArn({ service: "secretsmanager", resource: "secret", resourceName: name, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return [allow(["secretsmanager:GetSecretValue"], names.map(arnOf))];
};

const secretNames = (whose: NonNullable<Rights["secrets"]>, { connections, slack }: Installation): readonly string[] => {
  // Secrets Manager ends an entry's ARN with a hyphen and six random characters.
  const exactly = (name: string) => `${secretPrefix}${name}-??????`;
  if (whose === "all") return [`${secretPrefix}*`];
  if (whose === "webhooks") return connections.map(({ secret }) => exactly(secret));
  return slack.flatMap(({ tokenSecret, webhookSecret }) => [tokenSecret, webhookSecret].flatMap((name) => (name ? [exactly(name)] : [])));
};

/** A cluster declared in Git is not known here: describing this account's clusters is harmless, what a role may do there its access entry says. */
const clusterStatements = ({ clusters = false }: Rights, { stack, installation }: Resources): readonly PolicyStatement[] => {
  if (!clusters) return [];
  const roles = new Set(installation.clusters.flatMap(({ eks }) => (eks?.roleArn === undefined ? [] : [eks.roleArn])));
  const describable = stack.formatArn({ service: "eks", region: "*", resource: "cluster", resourceName: "*" });
  return [allow(["eks:DescribeCluster"], [describable]), ...(roles.size === 0 ? [] : [allow(["sts:AssumeRole"], [...roles])])];
};
