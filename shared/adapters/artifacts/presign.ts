import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

/** URLs that let whoever holds them read or write exactly one artifact for a while: all the cage ever gets of the store. */
export interface ArtifactUrls {
  toGet(key: string): Promise<string>;
  toPut(key: string): Promise<string>;
}

/** `seconds` is how long a URL works: the cage's time limit and a little for its start. */
export const s3ArtifactUrls = (client: S3Client, bucket: string, seconds: number): ArtifactUrls => ({
  toGet: (key) => getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: seconds }),
  // Only `host` is signed, so that a plain PUT of the bytes works. The SDK would otherwise add the checksum of an empty body.
  toPut: (key) =>
    getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: key }), {
      expiresIn: seconds,
      unhoistableHeaders: new Set(["x-amz-checksum-crc32"]),
    }),
});
