import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

/** Above this, parts: they go up side by side, and the stand-in for one machine takes no request body above 11 MiB. S3's own minimum is 5 MiB. */
export const partSize = 8 * 1024 * 1024;
const parallel = 4;

/** Uploads one large artifact. What an upload that fails has left is removed, as far as the store can be reached. */
export const uploadInParts = async (client: S3Client, at: { readonly bucket: string; readonly key: string }, bytes: Uint8Array) => {
  const object = { Bucket: at.bucket, Key: at.key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
  if (UploadId === undefined) throw new Error(`S3 named no upload for ${at.key}`);
  const upload = { ...object, UploadId };
  try {
    const numbers = Array.from({ length: Math.ceil(bytes.length / partSize) }, (_, part) => part + 1);
    const parts: { readonly ETag: string; readonly PartNumber: number }[] = [];
    for (let from = 0; from < numbers.length; from += parallel) {
      const sent = numbers.slice(from, from + parallel).map(async (PartNumber) => {
        const Body = bytes.subarray((PartNumber - 1) * partSize, PartNumber * partSize);
        const { ETag = "" } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
        return { ETag, PartNumber };
      });
      parts.push(...(await Promise.all(sent)));
    }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts }, IfNoneMatch: "*" }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
};
