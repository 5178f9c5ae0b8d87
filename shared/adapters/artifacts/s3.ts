import { GetObjectCommand, HeadObjectCommand, NoSuchKey, NotFound, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Failure } from "../../model/failure.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import { clientOptions } from "../aws/clients.ts";
import { isRemoteTrouble, statusOf } from "../aws/trouble.ts";
import { partSize, uploadInParts } from "./parts.ts";

export const openArtifactClient = (): S3Client => new S3Client(clientOptions);

/**
 * The artifact store in one S3 bucket. An artifact is never overwritten: who comes second finds it there, which is as good as having put it.
 * Throws ArtifactStoreUnavailable. The role needs s3:ListBucket, or S3 answers "forbidden" for what is merely absent.
 */
export const s3Artifacts = (client: S3Client, bucket: string): Artifacts => ({
  get: (key) =>
    absentOr(key, async () => {
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await answer.Body?.transformToByteArray();
    }),
  has: async (key) => {
    const head = await absentOr(key, () => client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    return head !== undefined;
  },
  put: async (key, bytes) => {
    try {
      if (bytes.length > partSize) await uploadInParts(client, { bucket, key }, bytes);
      else await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: "*" }));
    } catch (error) {
      if (isRemoteTrouble(error) && isAlreadyThere(error)) return;
      throw storeTrouble(key, error);
    }
  },
});

/** 412: it exists. 409: somebody is just writing the same bytes. */
const isAlreadyThere = (error: Error): boolean => error.name === "PreconditionFailed" || statusOf(error) === 412 || statusOf(error) === 409;

const absentOr = async <T>(key: string, read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    // HEAD has no body to say NoSuchKey in: the SDK calls it NotFound. A missing bucket is trouble, not absence.
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined;
    throw storeTrouble(key, error);
  }
};

const storeTrouble = (key: string, error: unknown): unknown =>
  isRemoteTrouble(error)
    ? new Failure("ArtifactStoreUnavailable", key, `the artifact store did not answer for ${key} (${error.name}: ${error.message})`, {
        cause: error,
      })
    : error;
