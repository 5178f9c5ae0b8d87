import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect, vi } from "vitest";
import { type HostedFunction, startLambdaHost } from "../../../../infra/local/lambda-host/host.ts";
import type { QueueName } from "../../../../infra/topology.ts";
import { sqsQueue } from "../../../../shared/adapters/queue/sqs.ts";
import type { JsonObject } from "../../../../shared/model/json.ts";
import { standInsForTests } from "../../../contract/stand-ins.ts";

const names: readonly HostedFunction[] = ["webhook", "fetch", "render", "sync", "scan", "notify"];

/** A folder of bundles in which every function is the fixture. */
export const fixtureBundles = async () => {
  const root = await mkdtemp(join(tmpdir(), "host-"));
  const folder = join(root, "functions");
  for (const name of names) {
    await mkdir(join(folder, name), { recursive: true });
    await cp(join(import.meta.dirname, "fixture.mjs"), join(folder, name, "index.mjs"));
  }
  return { folder, remove: () => rm(root, { recursive: true }) };
};

/** The host with fixture functions on stand-ins in memory, and what the functions said. */
export const hostFixtures = async (functions: readonly HostedFunction[], every: Readonly<Record<string, number>> = {}) => {
  const [standIns, bundles] = await Promise.all([standInsForTests(), fixtureBundles()]);
  const lines: (JsonObject & { readonly from: HostedFunction })[] = [];
  const host = await startLambdaHost({
    bundles: bundles.folder,
    functions,
    environmentOf: (name) => ({ FAIRLEAD_TABLE: `table-of-${name}` }),
    queueUrl: standIns.queueUrl,
    sqs: { endpoint: standIns.endpoints.sqs, region: "us-east-1" },
    port: 0,
    every,
    onLine: (from, line) => lines.push({ ...line, from }),
  });

  return {
    host,
    lines,
    send: (queue: QueueName, ...bodies: readonly JsonObject[]) =>
      sqsQueue<JsonObject>(standIns.sqs, standIns.queueUrl(queue)).send(bodies.map((body) => ({ body, group: "team" }))),
    /** Waits for as many lines of that event. */
    told: (event: string, count = 1) =>
      vi.waitFor(
        () => {
          const found = lines.filter((line) => line.event === event);
          expect(found.length).toBeGreaterThanOrEqual(count);
          return found;
        },
        { timeout: 10_000, interval: 5 },
      ),
    /** Messages of a queue: those to be taken, and those that are hidden. */
    waiting: async (queue: QueueName) => {
      const request = new GetQueueAttributesCommand({ QueueUrl: standIns.queueUrl(queue), AttributeNames: ["All"] });
      const { Attributes = {} } = await standIns.sqs.send(request);
      return { visible: Number(Attributes.ApproximateNumberOfMessages), hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible) };
    },
    receive: async (queue: QueueName) => {
      const request = new ReceiveMessageCommand({ QueueUrl: standIns.queueUrl(queue), WaitTimeSeconds: 10 });
      return (await standIns.sqs.send(request)).Messages?.map((message) => message.Body);
    },
    /** Without waiting for functions that hang. */
    stop: async () => {
      await host.stop(0);
      await standIns.stop();
      await bundles.remove();
    },
  };
};

export type Hosted = Awaited<ReturnType<typeof hostFixtures>>;
