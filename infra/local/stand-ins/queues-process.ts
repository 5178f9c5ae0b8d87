/** The stand-in for SQS and S3, alone in a process. Arguments: a folder, or nothing for memory; a port. */
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { endWithParent, tellReady } from "./child.ts";
import { keepOnLoopback, relaxSqlite, showHiddenMessages } from "./fauxqs-tuning.ts";
import { local, localQueues } from "./names.ts";

const [folder = "", port = "0"] = process.argv.slice(2);
keepOnLoopback();
relaxSqlite();
if (folder !== "") showHiddenMessages(folder);
const server = await startFauxqs({
  port: Number(port),
  logger: false,
  defaultRegion: local.region,
  ...(folder !== "" && { dataDir: folder, s3StorageDir: `${folder}/objects` }),
});
endWithParent(() => server.stop());

const endpoint = `http://127.0.0.1:${server.port}`;
const queues = localQueues();
// Making a queue anew would lose its messages; one that an earlier start made only gets the attributes of today.
const { queues: made } = server.setup({
  queues: queues.map(({ name, attributes }) => ({ name, attributes: { ...attributes } })),
  buckets: [local.bucket],
});
const client = new SQSClient({ endpoint, region: local.region, credentials: { accessKeyId: "local", secretAccessKey: "local" } });
for (const { name, url, created } of made ?? []) {
  const attributes = queues.find((queue) => queue.name === name)?.attributes;
  if (!created && attributes) await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { ...attributes } }));
}
client.destroy();
tellReady(endpoint);
