import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { startStandIns } from "../../infra/local/stand-ins/start.ts";

/** Stand-ins in memory for one test file, with SDK clients that speak to them. */
export const standInsForTests = async (options: { readonly folder?: string } = {}) => {
  const standIns = await startStandIns(options);
  const common = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  const dynamodb = new DynamoDBClient({ ...common, endpoint: standIns.endpoints.dynamodb });
  const sqs = new SQSClient({ ...common, endpoint: standIns.endpoints.sqs });
  const s3 = new S3Client({ ...common, endpoint: standIns.endpoints.s3 });
  return {
    ...standIns,
    dynamodb,
    sqs,
    s3,
    stop: async () => {
      for (const client of [dynamodb, sqs, s3]) client.destroy();
      await standIns.stop();
    },
  };
};

export type TestStandIns = Awaited<ReturnType<typeof standInsForTests>>;
