import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { clientOptions } from "../aws/clients.ts";

/** URLs that let whoever holds them read or write exactly one artifact for a while: all the cage ever gets of the store. */
export interface ArtifactUrls {
  toGet(key: string): Promise<string>;
  toPut(key: string): Promise<string>;
}

/** A client that signs only `host`, so that a plain PUT of the bytes works; the SDK would otherwise sign the checksum of an empty body. */
export const openPresigner = (): S3Client => new S3Client({ ...clientOptions, requestChecksumCalculation: "WHEN_REQUIRED" });

/** `seconds` is how long a URL works: the cage's time limit and a little for its start. */
export const s3ArtifactUrls = (presigner: S3Client, bucket: string, seconds: number): ArtifactUrls => ({
  toGet: (key) => getSignedUrl(presigner, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: seconds }),
  toPut: (key) => getSignedUrl(presigner, new PutObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: seconds }),
});
