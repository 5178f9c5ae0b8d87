import { Match } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { outputs } from "../../../../infra/outputs.ts";
import { deadLetterQueue, functions, queues } from "../../../../infra/topology.ts";
import { environmentFor } from "../../../../shared/adapters/environment.ts";
import { type Synthesised, synthesise } from "./synthesised.ts";

let stack: Synthesised;
beforeAll(async () => {
  stack = await synthesise();
});

it("says where its table, bucket and queues are, for the fairlead command", () => {
  expect(Object.keys(stack.template.findOutputs("*"))).toEqual(expect.arrayContaining(Object.values(outputs)));
});

const anyTexts = {
  FAIRLEAD_TABLE: "",
  FAIRLEAD_BUCKET: "",
  FAIRLEAD_PUSHES: "",
  FAIRLEAD_RENDERS: "",
  FAIRLEAD_NOTICES: "",
  FAIRLEAD_SYNCS: "",
  FAIRLEAD_SECRETS: "",
  FAIRLEAD_CONFIG: "",
  FAIRLEAD_CAGE: "",
};
const names = ["webhook", "fetch", "render", "cage", "sync", "scan", "notify"] as const;

describe("what is remembered", () => {
  it("the table is billed on demand, can be restored to any minute, and survives the stack", () => {
    stack.template.hasResource("AWS::DynamoDB::Table", {
      DeletionPolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        GlobalSecondaryIndexes: [Match.objectLike({ IndexName: "due", Projection: { ProjectionType: "KEYS_ONLY" } })],
      },
    });
  });

  it("artifacts are encrypted under a key of their own, never public, only reached by TLS, and never expire", () => {
    stack.template.hasResource("AWS::S3::Bucket", {
      DeletionPolicy: "Retain",
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            Match.objectLike({
              ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: "aws:kms", KMSMasterKeyID: Match.anyValue() }),
            }),
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: Match.absent(),
      },
    });
    stack.template.hasResourceProperties("AWS::S3::BucketPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } }, Principal: { AWS: "*" } }),
        ]),
      },
    });
  });

  it("each queue is encrypted, has a dead-letter queue of its own after five tries, and an alarm on that", () => {
    stack.template.resourceCountIs("AWS::SQS::Queue", 2 * queues.length);
    stack.template.resourcePropertiesCountIs("AWS::SQS::Queue", { SqsManagedSseEnabled: true }, 2 * queues.length);
    for (const { name, visibility } of queues) {
      const [dead] = stack.ofType("AWS::SQS::Queue").filter(({ id }) => id.startsWith(pascal(deadLetterQueue(name))));
      stack.template.hasResourceProperties("AWS::SQS::Queue", {
        VisibilityTimeout: visibility,
        RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: { "Fn::GetAtt": [dead?.id, "Arn"] } },
      });
      stack.template.hasResourceProperties("AWS::CloudWatch::Alarm", {
        MetricName: "ApproximateNumberOfMessagesVisible",
        Threshold: 1,
        Dimensions: [{ Name: "QueueName", Value: { "Fn::GetAtt": [dead?.id, "QueueName"] } }],
      });
    }
  });
});

describe("the functions", () => {
  it("run the bundles under Node 24 with the topology's memory and time", () => {
    stack.template.resourceCountIs("AWS::Lambda::Function", names.length);
    for (const name of names) {
      expect(stack.lambda(name)).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["x86_64"],
        Handler: "index.handler",
        MemorySize: functions[name].memory,
        Timeout: functions[name].timeout,
      });
    }
  });

  it("are told exactly what their lambda.ts reads", () => {
    for (const name of names) {
      expect(Object.keys(stack.lambda(name).Environment.Variables).toSorted()).toEqual(
        Object.keys(environmentFor(name, anyTexts)).toSorted(),
      );
    }
  });

  it("take batches from their queue, report failures singly, and are bounded by the mapping", () => {
    for (const { wokenBy } of Object.values(functions)) {
      if (wokenBy.kind !== "queue") continue;
      stack.template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
        BatchSize: wokenBy.batch,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        ScalingConfig: { MaximumConcurrency: wokenBy.inFlight.aws },
        EventSourceArn: { "Fn::GetAtt": [Match.stringLikeRegexp(`^${pascal(wokenBy.queue)}Queue`), "Arn"] },
      });
    }
    stack.template.resourcePropertiesCountIs("AWS::Lambda::Function", { ReservedConcurrentExecutions: Match.anyValue() }, 0);
  });

  it("keep their logs for a month", () => {
    stack.template.resourcePropertiesCountIs("AWS::Logs::LogGroup", { RetentionInDays: 30 }, names.length - 1);
  });

  it("scan is woken at the installation's intervals", () => {
    for (const [scan, rate] of [
      ["sweep", "rate(1 minute)"],
      ["poll", "rate(3 minutes)"],
      ["drift", "rate(3 minutes)"],
    ]) {
      stack.template.hasResourceProperties("AWS::Events::Rule", {
        ScheduleExpression: rate,
        Targets: [Match.objectLike({ Input: JSON.stringify({ scan }) })],
      });
    }
  });

  it("are named when one of them has no bundle", async () => {
    await expect(synthesise(names.filter((name) => name !== "sync"))).rejects.toThrow("functions/sync/lambda.ts is missing");
  });
});

describe("the front door", () => {
  it("is an HTTP API, not a function URL, and passes POST only", () => {
    stack.template.resourceCountIs("AWS::Lambda::Url", 0);
    const routes = stack.ofType("AWS::ApiGatewayV2::Route").map(({ Properties }) => Properties.RouteKey);
    expect(routes.toSorted()).toEqual(["POST /hooks/github-3f9c1b7a", "POST /hooks/{connection}"]);
  });

  it("throttles each connection by itself, and what names none the most (W-18)", () => {
    stack.template.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      RouteSettings: {
        "POST /hooks/github-3f9c1b7a": { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
        "POST /hooks/{connection}": { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
      },
    });
  });
});

const pascal = (name: string): string =>
  name
    .split("-")
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join("");
