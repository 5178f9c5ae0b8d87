import { broken } from "../web/failures.ts";

/** One packet of Git's wire protocol: data, or one of the three marks that carry none. */
export type Packet = { readonly kind: "data"; readonly bytes: Buffer } | { readonly kind: "flush" | "delimiter" | "end" };

const marks = ["flush", "delimiter", "end"] as const;

export const packet = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
};

export const flush = Buffer.from("0000");
export const delimiter = Buffer.from("0001");

export interface PacketReader {
  /** The next packet, undefined at the end of the stream. An `ERR` packet is thrown as `RemoteError`. */
  next(): Promise<Packet | undefined>;
  /** Everything after the packets read so far, as it comes. */
  rest(): AsyncIterable<Buffer>;
}

/** What the server says in an `ERR` packet or on the error channel: its own words, to be judged by whoever knows the repository. */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
}

/** Reads packets from a stream of chunks cut anywhere. `label` is the repository, for messages. */
export const readPackets = (chunks: AsyncIterable<Uint8Array>, label: string): PacketReader => {
  const source = chunks[Symbol.asyncIterator]();
  let buffered: Buffer = Buffer.alloc(0);

  const more = async (): Promise<boolean> => {
    const { done, value } = await source.next();
    if (done) return false;
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    return true;
  };

  const take = async (count: number): Promise<Buffer | undefined> => {
    while (buffered.length < count) {
      if (await more()) continue;
      if (buffered.length === 0) return undefined;
      throw broken(label, "the answer ends in the middle of a packet");
    }
    const taken = buffered.subarray(0, count);
    buffered = buffered.subarray(count);
    return taken;
  };

  return {
    async next() {
      const head = await take(4);
      if (head === undefined) return undefined;
      const length = lengthOf(head, label);
      const mark = marks[length];
      if (mark !== undefined) return { kind: mark };
      const bytes = length === 4 ? Buffer.alloc(0) : await take(length - 4);
      if (bytes === undefined) throw broken(label, "the answer ends in the middle of a packet");
      if (bytes.subarray(0, 4).toString() === "ERR ") throw new RemoteError(bytes.toString("utf8", 4).trim());
      return { kind: "data", bytes };
    },
    async *rest() {
      if (buffered.length > 0) yield buffered;
      buffered = Buffer.alloc(0);
      while (await more()) {
        yield buffered;
        buffered = Buffer.alloc(0);
      }
    },
  };
};

const lengthOf = (head: Buffer, label: string): number => {
  const text = head.toString("latin1");
  const length = /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : 3;
  if (length === 3) throw broken(label, "the answer is not Git's protocol");
  return length;
};
