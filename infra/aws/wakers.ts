import { Annotations, Duration, type Stack } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { watchesAny } from "../../shared/config/drift-settings.ts";
import { scheduleOf } from "../../shared/config/intervals.ts";
import type { Installation } from "../../shared/config/schema.ts";
import { type FunctionName, type FunctionShape, functions, type QueueName } from "../topology.ts";
import { allow } from "./permissions.ts";
import type { QueuePair } from "./storage.ts";

/** Connects a function to what wakes it, as the topology says; HTTP has its own front door. */
export const wake = (
  stack: Stack,
  name: FunctionName,
  target: LambdaFunction,
  world: { readonly queues: Readonly<Record<QueueName, QueuePair>>; readonly installation: Installation },
): void => {
  const { wokenBy }: FunctionShape = functions[name];
  if (wokenBy.kind === "queue") {
    const queue = world.queues[wokenBy.queue].main;
    const hides = wokenBy.hides === true ? ["sqs:ChangeMessageVisibility"] : [];
    target.addToRolePolicy(allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...hides], [queue.queueArn]));
    const mapping = new EventSourceMapping(stack, `${queue.node.id}To${target.node.id}`, {
      target,
      eventSourceArn: queue.queueArn,
      batchSize: wokenBy.batch,
      // Not reserved concurrency: pollers ignore it, and what they cannot hand over ends in the dead-letter queue.
      maxConcurrency: wokenBy.inFlight.aws,
      reportBatchItemFailures: true,
    });
    // The mapping is refused while the role cannot read the queue.
    if (target.role) mapping.node.addDependency(target.role);
  }
  if (wokenBy.kind === "schedule") {
    for (const { scan, every } of wokenBy.events) {
      if (scan === "watch") {
        if (!watchesAny(world.installation)) continue;
        Annotations.of(stack).addInfoV2("fairlead:watch", watchPrice);
      }
      new Rule(stack, `Every${scan.charAt(0).toUpperCase()}${scan.slice(1)}`, {
        schedule: Schedule.rate(Duration.minutes(Math.ceil(intervalOf(scan, every, world.installation) / 60))),
        // The next one comes anyway.
        targets: [new LambdaTarget(target, { event: RuleTargetInput.fromObject({ scan }), retryAttempts: 0 })],
      });
    }
  }
};

/** 1 GB for 270 of every 240 seconds, at 0.0000166667 USD a GB-second (x86-64, us-east-1, 2026). */
const watchPrice =
  "drift.watch is on: the scan function runs all the time, which costs about 49 USD a month for all watched clusters together, and 0.2 USD a month for each cluster's place in the table.";

const intervalOf = (scan: string, every: number, installation: Installation): number => {
  const given: Readonly<Record<string, number>> = scheduleOf(installation);
  return given[scan] ?? every;
};

/** Something is in a dead-letter queue: five tries did not help, and a person has to look. */
export const watchDeadLetters = (stack: Stack, { dead }: QueuePair): Alarm =>
  new Alarm(stack, `${dead.node.id}Alarm`, {
    metric: dead.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: `Messages that could not be handled in five tries are in ${dead.node.id}: read them (fairlead dead-letters), fix the cause, send them back (fairlead redrive).`,
  });
