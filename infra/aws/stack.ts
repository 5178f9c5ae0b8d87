import { copyFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Annotations, CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { Code, LayerVersion } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { type AllTexts, environmentFor } from "../../shared/adapters/environment.ts";
import type { Installation } from "../../shared/config/schema.ts";
import type { Bundle } from "../bundling/bundle-functions.ts";
import { outputs } from "../outputs.ts";
import { makeCage } from "./cage.ts";
import { makeFrontDoor } from "./front-door.ts";
import { makeFunction } from "./functions.ts";
import { functionNameOf, secretPrefix } from "./names.ts";
import { statementsFor } from "./permissions.ts";
import { rights } from "./rights.ts";
import { makeArtifacts, makeFingerprintKey, makeQueues, makeTable } from "./storage.ts";
import { wake, watchDeadLetters } from "./wakers.ts";

export interface FairleadStackProps extends StackProps {
  readonly installation: Installation;
  /** The installation file, as it goes along with the functions. */
  readonly file: string;
  readonly bundles: readonly Bundle[];
}

/** All of Fairlead in one account and region: what it remembers, its functions, what wakes them, and what tells when they fail. */
export class FairleadStack extends Stack {
  constructor(scope: Construct, id: string, { installation, file, bundles, ...props }: FairleadStackProps) {
    super(scope, id, props);
    const table = makeTable(this);
    const { bucket, key } = makeArtifacts(this);
    const queues = makeQueues(this);
    makeFingerprintKey(this);
    const resources = { stack: this, table, bucket, key, queues, installation };
    const texts: AllTexts = {
      FAIRLEAD_TABLE: table.tableName,
      FAIRLEAD_BUCKET: bucket.bucketName,
      FAIRLEAD_PUSHES: queues.pushes.main.queueUrl,
      FAIRLEAD_RENDERS: queues.renders.main.queueUrl,
      FAIRLEAD_NOTICES: queues.notices.main.queueUrl,
      FAIRLEAD_SYNCS: this.toJsonString({ public: queues["syncs-public"].main.queueUrl }),
      FAIRLEAD_SECRETS: `secretsmanager:${secretPrefix}`,
      FAIRLEAD_CONFIG: "/opt/fairlead.yaml",
      FAIRLEAD_CAGE: `lambda:${functionNameOf(this, "cage")}`,
    };

    const layers = [installationLayer(this, file)];
    makeCage(this, bundles, bucket);
    for (const name of ["webhook", "fetch", "render", "sync", "scan", "notify"] as const) {
      const statements = statementsFor(rights[name], resources);
      const environment = environmentFor(name, texts);
      const made = makeFunction(this, { name, bundles, environment, statements, logs: true, options: { layers } });
      wake(this, name, made, { queues, installation });
      if (name === "webhook") makeFrontDoor(this, made, installation);
    }
    for (const pair of Object.values(queues)) watchDeadLetters(this, pair);
    warnOfNetworks(this, installation);
    sayWhere(this, texts);
  }
}

/** For `fairlead --deployed`: names and URLs only, nothing that opens anything. */
const sayWhere = (stack: Stack, texts: AllTexts): void => {
  const said = {
    [outputs.region]: stack.region,
    [outputs.table]: texts.FAIRLEAD_TABLE,
    [outputs.bucket]: texts.FAIRLEAD_BUCKET,
    [outputs.pushes]: texts.FAIRLEAD_PUSHES,
    [outputs.renders]: texts.FAIRLEAD_RENDERS,
    [outputs.notices]: texts.FAIRLEAD_NOTICES,
    [outputs.syncs]: texts.FAIRLEAD_SYNCS,
    [outputs.secrets]: texts.FAIRLEAD_SECRETS,
  };
  for (const [name, value] of Object.entries(said)) new CfnOutput(stack, name, { value });
};

/** There are functions for the public network only so far. Clusters that the control repository declares are not known here. */
const warnOfNetworks = (stack: Stack, { clusters }: Installation): void => {
  for (const { name, network } of clusters) {
    if (network === "public") continue;
    const text = `cluster ${name} is in the network ${network}, which has no functions of its own yet: it is reached only if its API server can be reached from the public ones`;
    Annotations.of(stack).addWarningV2(`fairlead:network-${name}`, text);
  }
};

/** The installation file as a layer: functions find it at /opt/fairlead.yaml, and a change of it uploads no code. */
const installationLayer = (stack: Stack, file: string): LayerVersion => {
  const folder = resolve(import.meta.dirname, "../../dist/installation");
  mkdirSync(folder, { recursive: true });
  copyFileSync(file, join(folder, "fairlead.yaml"));
  return new LayerVersion(stack, "Installation", { code: Code.fromAsset(folder), description: "fairlead.yaml" });
};
