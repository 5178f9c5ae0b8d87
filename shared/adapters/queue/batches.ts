import { Failure } from "../../model/failure.ts";

export interface Entry {
  readonly body: string;
  readonly delaySeconds?: number;
  readonly group?: string;
}

/** SQS's own limits for one SendMessageBatch: 10 entries, 1 MiB of bodies together. */
const limits = { entries: 10, bytes: 1_048_576 } as const;

/** Splits messages, in order, into batches that SQS takes. Throws MessageInvalid for one that no batch can hold. */
export const packBatches = (entries: readonly Entry[]): readonly (readonly Entry[])[] => {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.body);
    if (size > limits.bytes)
      throw new Failure("MessageInvalid", "queue", `a message of ${size} bytes is larger than the 1 MiB that SQS takes`);
    const last = batches.at(-1);
    if (last && last.length < limits.entries && bytes + size <= limits.bytes) {
      last.push(entry);
      bytes += size;
    } else {
      batches.push([entry]);
      bytes = size;
    }
  }
  return batches;
};
